import type { FastifyInstance } from 'fastify';
import { userOf } from './basic-auth.ts';
import { isOurs } from './feedback.ts';
import type { SuppressionOverview } from './model.ts';

/** A person switches a rule that holds alerts back; `body` as it came, `user` where the web config has users. */
export interface SuppressionRequest {
  readonly off: boolean;
  readonly body: unknown;
  readonly user?: string | undefined;
}

/** `changed` is false where it was so before. */
export type SuppressionAnswer =
  | { readonly ok: true; readonly changed: boolean }
  | { readonly ok: false; readonly status: 400 | 404; readonly message: string };

/** Knows what holds alerts back, and has on disk what a person says of it when it answers. Never throws for bad input. */
export interface SuppressionTarget {
  rules(): readonly SuppressionOverview[];
  set(request: SuppressionRequest): SuppressionAnswer;
}

/** Mounts `/api/v1/suppressions`: what rules held back and how often that was wrong, and the switch of each. */
export function mountSuppressions(
  app: FastifyInstance,
  { target, users }: { readonly target: SuppressionTarget; readonly users: boolean },
): void {
  app.get('/api/v1/suppressions', async (_, reply) =>
    reply.send({ status: 'success', data: target.rules() }),
  );
  for (const off of [false, true])
    app.post(`/api/v1/suppressions/${off ? 'off' : 'on'}`, async (request, reply) => {
      if (!isOurs(request))
        return reply.code(403).send({ status: 'error', error: 'requests from other sites are refused' });
      const user = users ? userOf(request.headers.authorization) : undefined;
      const answer = target.set({ off, body: request.body, user });
      return answer.ok
        ? reply.send({ status: 'success', data: { changed: answer.changed } })
        : reply.code(answer.status).send({ status: 'error', error: answer.message });
    });
}
