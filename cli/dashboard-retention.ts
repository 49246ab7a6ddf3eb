import type { DashboardPolicy } from '../config/dashboards-block.ts';

/** When an incident was, ms; `endsAt` undefined while it is open. */
export interface Spell {
  readonly id: string;
  readonly startsAt: number;
  readonly endsAt?: number | undefined;
}

/** The incidents whose dashboards are to go at `now` (ms); one that is open stays. */
export function outdated(
  incidents: readonly Spell[],
  policy: Pick<DashboardPolicy, 'keep' | 'resolved' | 'most'>,
  now: number,
): ReadonlySet<string> {
  const over = incidents.flatMap(({ id, endsAt }) => (endsAt === undefined ? [] : [{ id, endsAt }]));
  const keep = policy.keep === 'forever' ? Number.POSITIVE_INFINITY : policy.keep;
  const old = over.filter(({ endsAt }) => policy.resolved === 'remove' || endsAt + keep < now);
  const gone = new Set(old.map(({ id }) => id));
  const room = Math.max(0, policy.most - (incidents.length - over.length));
  const rest = over.filter(({ id }) => !gone.has(id)).sort((a, b) => b.endsAt - a.endsAt);
  for (const { id } of rest.slice(room)) gone.add(id);
  return gone;
}
