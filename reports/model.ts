import type { CapacityForecast, FillDate, ForecastOutcome } from '../core/capacity.ts';
import type { Forecast, History } from '../core/forecaster.ts';
import type { Labels } from '../core/labels.ts';

/** An incident of the week as the report tells it; times in ms. */
export interface ReportedIncident {
  readonly id: string;
  readonly title: string;
  readonly startsAt: number;
  /** Undefined while open. */
  readonly endsAt: number | undefined;
  readonly alerts: number;
  readonly notifications: number;
  /** Whether people said that it was a real one. */
  readonly real: boolean | undefined;
}

/** What became of the alerts of a week. */
export interface Noise {
  readonly alerts: number;
  readonly incidents: number;
  readonly notifications: number;
}

/** All that a report is made of. Times and spans in ms. */
export interface ReportInputs {
  readonly madeAt: number;
  /** The period that is looked back on ends at `madeAt`. */
  readonly back: number;
  /** How far ahead the first page looks. */
  readonly ahead: number;
  /** IANA name. */
  readonly timeZone: string;
  readonly forecasts: readonly CapacityForecast[];
  readonly outcomes: readonly ForecastOutcome[];
  /** Those that began in the period or were open in it. */
  readonly incidents: readonly ReportedIncident[];
  readonly noise: Noise;
  /** The same of the period before, where it is kept. */
  readonly noiseBefore: Noise | undefined;
  /** What packs advise, by `pack/resource`. */
  readonly advice: ReadonlyMap<string, string>;
  /** What could not be read, in sentences. */
  readonly missing: readonly string[];
}

/** `soon`: most likely full in the days ahead; `maybe`: it could be; `later`: after them. */
export type Verdict = 'over' | 'soon' | 'maybe' | 'later' | 'unknown' | 'clear';

/** A forecast that was made for a day that has passed. */
export interface Comparison {
  readonly madeAt: number;
  readonly at: number;
  readonly predicted: number;
  readonly lower80: number;
  readonly upper80: number;
  readonly actual: number;
  /** True when the interval held what came. */
  readonly held: boolean;
}

/** One resource, ready to be shown. Numbers that are not known are NaN. */
export interface ReportedResource {
  /** `r1`, `r2` ... in the order of the report. */
  readonly id: string;
  /** `Filesystem of db-7:9100, mountpoint /var`. */
  readonly name: string;
  readonly pack: string;
  readonly resource: string;
  readonly entity: Labels;
  readonly unit: string;
  readonly used: number;
  readonly limit: number;
  /** Used share of the limit. */
  readonly share: number;
  readonly verdict: Verdict;
  readonly fill: FillDate | undefined;
  /** `full on 14 March`. */
  readonly answer: string;
  /** `9 to 22 March`, which holds 80 %; empty where there is no date. */
  readonly interval: string;
  readonly cause: string;
  readonly action: string;
  /** What its pack advises; empty where it says nothing. */
  readonly advice: string;
  readonly reason: string;
  readonly methods: CapacityForecast['methods'];
  readonly madeAt: number;
  readonly history: History;
  readonly forecast: Forecast;
  readonly lastWeek: Comparison | undefined;
  readonly lastMonth: Comparison | undefined;
}

/** How forecasts of one age came out. */
export interface TrackRecord {
  /** `a week`, `a month`. */
  readonly ahead: string;
  readonly count: number;
  readonly held: number;
  /** Median of |actual - predicted| / |actual|; NaN without any. */
  readonly medianError: number;
  /** Those that were furthest outside of their interval, worst first. */
  readonly misses: readonly { readonly name: string; readonly unit: string; readonly was: Comparison }[];
}

/** Intervals that held, of all that can be told by now. */
export interface Coverage {
  readonly level: number;
  readonly held: number;
  readonly count: number;
}

/** A resource of which much is never used. */
export interface SpareResource {
  readonly id: string;
  readonly name: string;
  readonly unit: string;
  readonly limit: number;
  /** The most that was used. */
  readonly peak: number;
  /** The most that the widest interval of the forecast reaches. */
  readonly top: number;
  /** What could go with 30 % still free. */
  readonly spare: number;
}

/** The weekly report, ready to be shown in any form. */
export interface CapacityReport {
  readonly madeAt: number;
  readonly from: number;
  readonly ahead: number;
  readonly timeZone: string;
  readonly headline: string;
  readonly resources: readonly ReportedResource[];
  readonly week: TrackRecord;
  readonly month: TrackRecord;
  readonly coverage: Coverage;
  readonly incidents: readonly ReportedIncident[];
  readonly noise: Noise;
  readonly noiseBefore: Noise | undefined;
  readonly spare: readonly SpareResource[];
  readonly missing: readonly string[];
}
