import { z } from 'zod';
import type { Labels } from '../core/labels.ts';

/** A change as it came in; without a time it is of now. */
export interface GivenChange {
  readonly t?: string | number | undefined;
  readonly entity: Labels;
  readonly kind: string;
  readonly text: string;
  readonly link?: string | undefined;
}

/** What a form makes of a body: changes, `ignored` = it tells of none (a ping, a deploy that only waits), or what is wrong. */
export type ReadForm =
  | { readonly changes: readonly GivenChange[]; readonly ignored: number }
  | { readonly wrong: string };

const annotation = z.looseObject({
  time: z.number().optional(),
  tags: z.array(z.string()),
  text: z.string(),
});

/** An annotation of Grafana (`POST /api/annotations`): tags such as `service:cart` or `service=cart` say what changed, a bare one the kind. */
export function grafanaChange(body: unknown, at: string): ReadForm | undefined {
  const read = annotation.safeParse(body);
  if (!read.success) return undefined;
  const { time, tags, text } = read.data;
  const pairs = tags.map(tag => /^([a-zA-Z_][\w.]*)[:=](.+)$/.exec(tag)).filter(pair => pair !== null);
  const place = at === '' ? '' : `${at}.`;
  if (pairs.length === 0)
    return { wrong: `${place}tags: none says what changed; add one such as "service:cart"` };
  if (text.trim() === '') return { wrong: `${place}text: is empty` };
  const kind = tags.find(tag => !/[:=]/.test(tag) && tag.trim() !== '') ?? 'change';
  const entity = Object.fromEntries(pairs.map(([, name = '', value = '']) => [name, value.slice(0, 500)]));
  return { changes: [{ t: time, entity, kind: kind.slice(0, 100), text: text.slice(0, 4000) }], ignored: 0 };
}

const github = z.looseObject({
  deployment: z.looseObject({
    sha: z.string().default(''),
    ref: z.string().default(''),
    environment: z.string().default(''),
    created_at: z.string().optional(),
  }),
  deployment_status: z
    .looseObject({
      state: z.string(),
      created_at: z.string().optional(),
      target_url: z.string().nullish(),
    })
    .optional(),
  repository: z.looseObject({ name: z.string().min(1), html_url: z.string().optional() }),
});
const githubPing = z.looseObject({ zen: z.string(), hook_id: z.number() });

/** A deploy that waits has changed nothing yet, one that was replaced changes nothing any more. */
const idle = new Set(['queued', 'pending', 'waiting', 'inactive']);

/** GitHub's webhooks `deployment` and `deployment_status`; the service is the name of the repository. */
export function githubChange(body: unknown): ReadForm | undefined {
  if (githubPing.safeParse(body).success) return { changes: [], ignored: 1 };
  const read = github.safeParse(body);
  if (!read.success) return undefined;
  const { deployment, deployment_status: status, repository } = read.data;
  if (status !== undefined && idle.has(status.state)) return { changes: [], ignored: 1 };
  const { ref, sha, environment } = deployment;
  const what = [ref, sha === '' || sha === ref ? '' : `(${sha.slice(0, 7)})`]
    .filter(word => word !== '')
    .join(' ');
  const where = environment === '' ? '' : ` to ${environment}`;
  const how = status === undefined ? 'created' : status.state.replaceAll('_', ' ');
  const link = [status?.target_url, repository.html_url].find(url => url && /^https?:\/\//.test(url));
  return {
    changes: [
      {
        t: status?.created_at ?? deployment.created_at,
        entity: { service: repository.name },
        kind: 'deploy',
        text: `${what === '' ? 'a deployment' : what}${where}: ${how}`.slice(0, 4000),
        link: link ?? undefined,
      },
    ],
    ignored: 0,
  };
}
