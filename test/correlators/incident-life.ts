import type { FeedbackOf } from '../../core/feedback.ts';
import { noFeedback } from '../../core/feedback.ts';
import type { Incident, Member } from '../../core/incident.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import { createRandom } from '../../core/random.ts';
import type { EscalationWatch } from '../../correlators/escalation-watch.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const start = Date.UTC(2026, 0, 5);

/** What a simulated incident goes through; times in ms after its beginning. */
export interface Life {
  readonly id: string;
  readonly at: number;
  readonly service: string;
  readonly alert: string;
  readonly lasts: number;
  /** When it spreads to a second service, and when its severity rises; undefined = never. */
  readonly spreads: number | undefined;
  readonly rises: number | undefined;
}

function member(labels: Labels, startsAt: number, endsAt: number | undefined): Member {
  const alert = {
    labels,
    annotations: {},
    startsAt,
    endsAt,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
  return { alert, reason: 'simulated' };
}

/** The incident of a life as a correlator shows it at `t` (ms). */
export function incidentAt({ id, at, service, alert, lasts, spreads, rises }: Life, t: number): Incident {
  const end = at + lasts;
  const endsAt = t >= end ? end : undefined;
  const labels = { alertname: alert, service, severity: 'warning' };
  const also = [
    ...(spreads === undefined
      ? []
      : [{ after: spreads, labels: { ...labels, service: `${service}-caller` } }]),
    ...(rises === undefined ? [] : [{ after: rises, labels: { ...labels, severity: 'critical' } }]),
  ].filter(({ after }) => at + after <= t);
  return {
    id,
    startsAt: at,
    endsAt,
    members: [
      member(labels, at, endsAt),
      ...also.map(({ after, labels: own }) => member(own, at + after, endsAt)),
    ],
    suspects: [],
    escalation: undefined,
    timeline: [],
    notifications: [
      { at: at + minute, why: 'opened' },
      ...(endsAt === undefined ? [] : [{ at: end, why: 'it is over' }]),
    ],
  };
}

export const services = ['payments', 'search', 'mail', 'reports'];
/** The chance that an incident spreads, by its service. */
export const spreading: Readonly<Record<string, number>> = {
  payments: 0.75,
  search: 0.1,
  mail: 0.05,
  reports: 0.35,
};

/** Lives two hours apart: they spread by their service, rise more at night, and take long when a disk is full. */
export function lives(count: number, seed: number): readonly Life[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, k) => {
    const at = start + 2 * k * hour;
    const service = services[Math.floor(random() * services.length)]!;
    const alert = random() < 0.3 ? 'DiskFull' : 'Slow';
    const night = new Date(at).getUTCHours() < 6;
    const spreads = random() < spreading[service]! ? (5 + 20 * random()) * minute : undefined;
    const rises = random() < (night ? 0.5 : 0.08) ? (5 + 20 * random()) * minute : undefined;
    const long = random() < (alert === 'DiskFull' ? 0.7 : 0.1);
    const lasts = long ? (9 + 4 * random()) * hour : (40 + 60 * random()) * minute;
    return { id: `life-${k}`, at, service, alert, lasts, spreads, rises };
  });
}

/** The times at which something is to be seen of a life, and some between. */
function momentsOf({ at, lasts, spreads, rises }: Life): readonly number[] {
  const after = [minute, spreads, rises, lasts].filter(each => each !== undefined);
  return after.map(each => at + each);
}

/** Lets a watch see lives, all of them in order of time; answers what it said when each was told. */
export function live(
  watch: EscalationWatch,
  all: readonly Life[],
  of: FeedbackOf = () => noFeedback,
): ReadonlyMap<string, Incident> {
  const moments = all.flatMap(life => momentsOf(life).map(t => ({ life, t }))).sort((a, b) => a.t - b.t);
  const first = new Map<string, Incident>();
  for (const { life, t } of moments) {
    const [incident] = watch.step(t, [incidentAt(life, t)], of);
    if (incident !== undefined && !first.has(life.id)) first.set(life.id, incident);
  }
  return first;
}
