import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { FeedbackKind } from '../core/feedback.ts';
import { userOf } from './basic-auth.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';
import { refusedPage } from './page.ts';

/** What a person says of an incident; `body` as it came, `user` where the web config has users. */
export type FeedbackRequest = { readonly body: unknown; readonly user?: string | undefined } & (
  | { readonly kind: Exclude<FeedbackKind, 'merge'>; readonly incident: string }
  | { readonly kind: 'merge' }
);

/** `incident` is the one that is to be looked at next: what was merged into, or split off. */
export type FeedbackAnswer =
  | { readonly ok: true; readonly incident: string; readonly changed: boolean }
  | { readonly ok: false; readonly status: 400 | 404 | 409; readonly message: string };

/** Takes feedback, and has it on disk when it answers. Never throws for bad input. */
export interface FeedbackTarget {
  give(request: FeedbackRequest): FeedbackAnswer;
}

/** What the routes are made of; with `users` the name of who is logged in stands for who does not say another. */
export interface FeedbackRoutes {
  readonly target: FeedbackTarget;
  readonly users: boolean;
}

/**
 * Whether a browser sent the request from a page of ours. Browsers say where a POST comes from; what says nothing is no
 * browser, and carries nobody's password unasked.
 */
export function isOurs({ headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (headers.origin === undefined) return true;
  const host = headers.host ?? headers[':authority'];
  return URL.canParse(headers.origin) && new URL(headers.origin).host === host;
}

const kinds = ['ack', 'confirm', 'reject', 'note', 'split'] as const;

function mountApi(
  app: FastifyInstance,
  give: (request: FastifyRequest, what: FeedbackRequest) => FeedbackAnswer,
) {
  const answer = (reply: FastifyReply, given: FeedbackAnswer) =>
    given.ok
      ? reply.send({ status: 'success', data: { incident: given.incident, changed: given.changed } })
      : reply.code(given.status).send({ status: 'error', error: given.message });
  for (const kind of kinds)
    app.post<{ Params: { id: string } }>(`/api/v1/incidents/:id/${kind}`, async (request, reply) =>
      answer(reply, give(request, { kind, incident: request.params.id, body: request.body })),
    );
  app.post('/api/v1/incidents/merge', async (request, reply) =>
    answer(reply, give(request, { kind: 'merge', body: request.body })),
  );
}

/** The fields of a form, without the button; a field that was left empty was not given. */
function fieldsOf(body: unknown): {
  readonly act: string;
  readonly fields: Readonly<Record<string, string>>;
} {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  const given = [...form].filter(([name, value]) => name !== 'act' && value.trim() !== '');
  return { act: form.get('act') ?? '', fields: Object.fromEntries(given) };
}

function mountForm(
  app: FastifyInstance,
  give: (request: FastifyRequest, what: FeedbackRequest) => FeedbackAnswer,
) {
  app.post<{ Params: { id: string } }>('/incidents/:id/feedback', async (request, reply) => {
    const { id } = request.params;
    const { act, fields } = fieldsOf(request.body);
    const kind = kinds.find(each => each === act && each !== 'split');
    const given: FeedbackAnswer =
      kind === undefined
        ? { ok: false, status: 400, message: 'act: must be ack, confirm, reject or note' }
        : give(request, { kind, incident: id, body: fields });
    if (given.ok) return reply.redirect(`/incidents/${encodeURIComponent(given.incident)}#feedback`, 303);
    return reply
      .code(given.status)
      .header('content-security-policy', contentSecurityPolicy)
      .header('cache-control', 'no-store')
      .type('text/html; charset=utf-8')
      .send(refusedPage(id, given.message).text);
  });
}

/** Mounts what takes feedback: the API, and the form of the page. */
export function mountFeedback(app: FastifyInstance, { target, users }: FeedbackRoutes): void {
  app.register(async routes => {
    routes.addHook('onRequest', async (request, reply) => {
      if (isOurs(request)) return;
      return reply.code(403).send({ status: 'error', error: 'requests from other sites are refused' });
    });
    const give = (request: FastifyRequest, what: FeedbackRequest) =>
      target.give({ ...what, user: users ? userOf(request.headers.authorization) : undefined });
    mountApi(routes, give);
    mountForm(routes, give);
  });
}
