import type { SignalSpec } from '../core/pack.ts';
import type { Asked } from './sources.ts';

/** One class of a pack as a dashboard needs it; `queries[k]` is the resolved query of `signals[k]`. */
export interface DashboardClass {
  readonly name: string;
  readonly entityLabels: readonly string[];
  readonly signals: readonly SignalSpec[];
  /** PromQL; windows are `$rate_interval` or `$__rate_interval`. */
  readonly queries: readonly string[];
  /** Whom the queries ask. */
  readonly of: Asked;
}

/** A resource that may run out; its queries carry the entity labels of the class `of`. */
export interface DashboardResource {
  readonly resource: string;
  readonly class: string;
  readonly used: string;
  readonly limit: string;
  readonly unit: string;
  /** What fills it, and what to do. */
  readonly about: string;
}

/** A pack with its parameters filled in, as far as dashboards need it. */
export interface DashboardPack {
  readonly pack: string;
  readonly title: string;
  readonly about: string;
  readonly classes: readonly DashboardClass[];
  readonly capacity: readonly DashboardResource[];
  /** Rows as the pack lays them out; signals that stand in none follow by class. */
  readonly rows?: readonly { readonly title: string; readonly signals: readonly string[] }[];
}
