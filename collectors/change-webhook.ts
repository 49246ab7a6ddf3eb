import { z } from 'zod';
import type { Change } from '../core/topology.ts';
import { type GivenChange, githubChange, grafanaChange, type ReadForm } from './change-forms.ts';

const name = z.string().trim().min(1);
/** What a change may hold: a page shows it, so it has an end. */
const ours = z.strictObject({
  t: z.union([z.string(), z.number()]).optional(),
  entity: z
    .record(name, name.max(500))
    .refine(
      labels => Object.keys(labels).length > 0,
      'names nothing: give labels such as {"service": "cart"}',
    ),
  kind: name.max(100),
  text: name.max(4000),
  link: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(2000)
    .optional(),
});

/** What a body holds, or why it can never be taken. */
export type ParsedChanges =
  | { readonly ok: true; readonly changes: readonly Change[]; readonly ignored: number }
  | { readonly ok: false; readonly message: string };

/** Larger numbers are milliseconds: as seconds they lie after the year 5000. */
const mostSeconds = 1e11;

/** A time in ms: ISO 8601, Unix seconds or ms; none = `received`, NaN = it is no time. */
function readTime(t: GivenChange['t'], received: number): number {
  if (t === undefined) return received;
  const number = typeof t === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(t) ? Number(t) : t;
  if (typeof number === 'string') return Date.parse(number);
  const ms = number > mostSeconds ? number : number * 1000;
  return ms >= 0 && ms <= 8.64e15 ? ms : Number.NaN;
}

function issueInWords(error: z.ZodError, at: string): string {
  const { path, message } = error.issues[0]!;
  const more = error.issues.length > 1 ? `; and ${error.issues.length - 1} more` : '';
  const place = [at, ...path.map(String)].filter(part => part !== '').join('.');
  return `${place === '' ? '' : `${place}: `}${message}${more}`.slice(0, 1000);
}

function readOne(body: unknown, at: string): ReadForm {
  const other = grafanaChange(body, at) ?? githubChange(body);
  if (other !== undefined) return other;
  const read = ours.safeParse(body);
  return read.success ? { changes: [read.data], ignored: 0 } : { wrong: issueInWords(read.error, at) };
}

/**
 * Reads what says that something changed, received at `received` ms: `{t?, entity, kind, text, link?}`, an annotation as Grafana
 * has it, GitHub's `deployment` and `deployment_status`, or a list of these. One mistake refuses all of a body, with its place, so
 * that what was acknowledged was taken whole. A time in the future counts from `received`.
 */
export function parseChanges(body: unknown, received: number): ParsedChanges {
  const list = Array.isArray(body) ? body : [body];
  const changes: Change[] = [];
  let ignored = 0;
  for (const [k, each] of list.entries()) {
    const at = Array.isArray(body) ? String(k) : '';
    const read = readOne(each, at);
    if ('wrong' in read) return { ok: false, message: `not a change: ${read.wrong}` };
    ignored += read.ignored;
    for (const { t: given, link, ...change } of read.changes) {
      const t = readTime(given, received);
      if (Number.isNaN(t))
        return {
          ok: false,
          message: `not a change: ${at === '' ? '' : `${at}.`}t: "${given}" is no time; write ISO 8601, Unix seconds or milliseconds`,
        };
      changes.push({ ...change, t: Math.min(t, received), ...(link === undefined ? {} : { link }) });
    }
  }
  return { ok: true, changes, ignored };
}

/** Where changes go; it answers before the route does, so what was acknowledged was taken. */
export interface ChangeSink {
  readonly clock: () => number;
  take(changes: readonly Change[]): void;
}

/** A route that `server/` mounts. */
export interface ChangeRoute {
  readonly method: 'POST';
  readonly path: string;
  handle(body: unknown): { readonly status: number; readonly body: unknown };
}

/** Changes in: `POST /webhook/change`; 400 with what is wrong for what can never work. */
export function changeRoutes(sink: ChangeSink): readonly ChangeRoute[] {
  return [
    {
      method: 'POST',
      path: '/webhook/change',
      handle(body) {
        const read = parseChanges(body, sink.clock());
        if (!read.ok) return { status: 400, body: { status: 'error', error: read.message } };
        sink.take(read.changes);
        return {
          status: 200,
          body: { status: 'success', taken: read.changes.length, ignored: read.ignored },
        };
      },
    },
  ];
}
