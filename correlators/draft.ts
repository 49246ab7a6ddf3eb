import type { Alert } from '../core/alert.ts';
import type { Incident } from '../core/incident.ts';
import type { WantedFrames } from '../core/incident-frames.ts';
import { inquire } from './inquiry.ts';
import type { OpenIncident } from './open-incident.ts';
import type { CorrelationResult, HeldFor, Moved } from './result.ts';
import { type CauseEvidence, rankSuspects } from './root-cause.ts';
import type { Views } from './views.ts';

/** What happens within one step, gathered while it runs. */
export interface Draft {
  readonly opened: string[];
  readonly grown: Set<OpenIncident>;
  readonly told: Set<OpenIncident>;
  readonly resolved: OpenIncident[];
  readonly ended: Set<OpenIncident>;
  readonly merged: { from: OpenIncident; into: OpenIncident }[];
  readonly joined: { alert: Alert; incident: OpenIncident; reason: string; held: HeldFor | undefined }[];
  readonly moved: Moved[];
  /** Of which more is known than before: their suspects are ranked again. */
  readonly learned: Set<OpenIncident>;
}

export function emptyDraft(): Draft {
  return {
    opened: [],
    grown: new Set(),
    told: new Set(),
    resolved: [],
    ended: new Set(),
    merged: [],
    joined: [],
    moved: [],
    learned: new Set(),
  };
}

/** Ranking again is put off so long (ms) for large incidents, but not when people are told. */
const rankEvery = 10_000;
const large = 30;

/** True when the suspects of an incident that grew should be ranked again now. */
function wantsRanking(incident: OpenIncident, { told, resolved, learned }: Draft, t: number): boolean {
  const { members, rankedAt } = incident;
  if (members.size <= large || rankedAt === undefined) return true;
  if (told.has(incident) || learned.has(incident)) return true;
  return t - rankedAt >= rankEvery || resolved.includes(incident);
}

interface After {
  readonly t: number;
  readonly open: ReadonlyMap<string, OpenIncident>;
  readonly evidence: CauseEvidence;
  readonly views: Views;
}

/** The answer of a step; ranks the suspects of what grew. */
export function resultOf(draft: Draft, { t, open, evidence, views }: After): CorrelationResult {
  const grown = [...new Set([...draft.grown, ...draft.told, ...draft.resolved, ...draft.learned])];
  const ranked = grown.filter(incident => wantsRanking(incident, draft, t));
  for (const incident of ranked) {
    incident.suspects = rankSuspects(incident, evidence);
    incident.rankedAt = t;
  }
  const away = draft.merged.map(({ from }) => from);
  const touched = new Set([...grown, ...draft.ended]);
  for (const incident of [...touched, ...away]) incident.touched = true;
  const opened = draft.opened.filter(id => open.has(id));
  let incidents: readonly Incident[] | undefined;
  const look = () =>
    [...new Set([...open.values(), ...draft.resolved, ...away])].map(incident => views.of(incident));
  return {
    get incidents() {
      incidents ??= look();
      return incidents;
    },
    opened,
    grown: [...touched].map(one => one.id).filter(id => !opened.includes(id)),
    resolved: draft.resolved.map(one => one.id),
    merged: draft.merged.map(({ from, into }) => ({ from: from.id, into: into.id })),
    joined: draft.joined.map(one => ({ ...one, incident: one.incident.id })),
    moved: draft.moved,
    wanted: wishesOf(open, evidence.graph, t),
  };
}

function wishesOf(open: After['open'], graph: CauseEvidence['graph'], t: number): WantedFrames[] {
  const wanted: WantedFrames[] = [];
  for (const incident of open.values()) {
    const wish = inquire(incident, graph, t);
    if (wish !== undefined) wanted.push(wish);
  }
  return wanted;
}
