import type { WatchState } from '../core/detector.ts';
import type { IncidentFeedback } from '../core/feedback.ts';
import type { Incident } from '../core/incident.ts';

/** One signal of an incident with its expected band; `t` in ms, the columns have one length, NaN is missing. */
export interface SignalView {
  /** The entity in words, e.g. `checkout`. */
  readonly entity: string;
  readonly signal: string;
  readonly unit: string;
  readonly t: Float64Array;
  readonly v: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** When it left its band, ms. */
  readonly onset?: number;
}

/** A thing of the topology at or near an incident; `suspect` is its rank, 1 = the first one. */
export interface NearbyThing {
  readonly id: string;
  readonly suspect?: number;
  /** It has alerts of the incident. */
  readonly affected: boolean;
}

/** The part of the topology around an incident: what it names, and what that depends on and is used by. */
export interface Surroundings {
  /** What the incident names first, suspects before others. */
  readonly things: readonly NearbyThing[];
  /** caller -> callee, or thing -> what it stands on, both among `things`. */
  readonly calls: readonly { readonly from: string; readonly to: string }[];
  /** So many more were left out. */
  readonly left: number;
}

/** A line of a log as it was said, secrets and personal data hidden. */
export interface LogLine {
  /** ms. */
  readonly at: number;
  readonly service: string;
  readonly text: string;
}

/** What the logs said around an incident. */
export interface LogView {
  /** The first lines of kinds that were never said before, in order of time. */
  readonly fresh: readonly LogLine[];
  /** Lines of errors among the last, the newest first. */
  readonly errors: readonly LogLine[];
  /** How many lines of errors there were in the step before each `t` (ms); the columns have one length. */
  readonly counts: { readonly t: Float64Array; readonly v: Float64Array };
}

/** An incident as the page and the API show it. */
export interface IncidentView {
  readonly incident: Incident;
  /** What began, without the time: `checkout: error rate above its expected band`. */
  readonly title: string;
  /** The affected entities in words, the first affected first. */
  readonly affected: readonly string[];
  /** Alerts that came in for it. */
  readonly notificationsIn: number;
  /** What people were told. */
  readonly notificationsOut: number;
  readonly signals: readonly SignalView[];
  /** Undefined where the topology knows nothing of it. */
  readonly around?: Surroundings;
  /** An http(s) address or a path of the Grafana server. */
  readonly dashboardPath?: string;
  /** What is to be done, step by step: an http(s) address or a path of ours. */
  readonly runbook?: string;
  /** The http(s) address of the Alertmanager that people use. */
  readonly alertmanager?: string;
  /** Undefined where no logs are read. */
  readonly logs?: LogView;
  /** What people said of it; undefined where nothing that is said is kept. */
  readonly feedback?: IncidentFeedback;
}

/** What is watched of one class (`pack/class`). A rate is a share of judged rows, 0..1: the
 * realised one is of those that no incident that paged names. */
export interface ClassOverview {
  readonly name: string;
  readonly counts: Readonly<Partial<Record<WatchState, number>>>;
  readonly statedRate: number | undefined;
  readonly realisedRate: number | undefined;
  /** Why rows are not watched, in words, most frequent first. */
  readonly reasons: readonly string[];
  /** Why it has no model, in words; undefined for a class that has one. */
  readonly unlearned?: string | undefined;
}

/** Rows that are unusual now, the surest first, `total` of them in all. */
export interface UnusualOverview {
  readonly total: number;
  readonly rows: readonly {
    /** `pack/class`. */
    readonly class: string;
    /** The entity in words. */
    readonly entity: string;
    readonly reason: string;
    /** Share of false ones to be expected among it and those before it, 0..1. */
    readonly q: number;
  }[];
}

/** How a source answers; `lastAt` (ms) is its last good answer. */
export interface SourceOverview {
  readonly name: string;
  readonly up: boolean;
  readonly lastAt: number | undefined;
  readonly message: string;
}

/** False pages of a service: what the config allows and what came to the one that had most, both per day. */
export interface BudgetOverview {
  readonly statedPerDay: number;
  readonly realisedPerDay: number | undefined;
  /** Services that had more than is allowed, the worst first. */
  readonly over?: readonly string[];
  /** What people said of the pages. */
  readonly judged?: { readonly rejected: number; readonly confirmed: number; readonly open: number };
}

/** What one rule held back in the time that counts, and how often that was wrong; it holds nothing back from `offSince` (ms) on. */
export interface SuppressionOverview {
  readonly rule: string;
  readonly held: number;
  readonly regretted: number;
  readonly offSince: number | undefined;
}

export interface WatchOverview {
  /** What holds alerts back, most regretted first; undefined where it is not measured. */
  readonly suppressions?: readonly SuppressionOverview[];
  readonly classes: readonly ClassOverview[];
  readonly sources: readonly SourceOverview[];
  readonly budget: BudgetOverview | undefined;
  readonly unusual: UnusualOverview;
}

/** `reasons` say in words why it is not ready or not healthy. */
export interface Health {
  readonly healthy: boolean;
  readonly ready: boolean;
  readonly reasons: readonly string[];
}

/** The read model of the server. The composition root implements it; every call reads and returns at once. */
export interface ServerState {
  /** Open incidents first, then the newest first. */
  incidents(): readonly IncidentView[];
  incident(id: string): IncidentView | undefined;
  watch(): WatchOverview;
  health(): Health;
}
