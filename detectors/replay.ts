import type { Batch } from '../core/batch.ts';
import { signalSchema } from '../core/pack.ts';
import { median } from '../core/stats.ts';
import { fitClassModel } from './fit.ts';

/** Columns of one entity, `t` in ms and never decreasing; equal times stay separate rows. NaN is missing. */
export interface ReplayColumns {
  readonly t: Float64Array;
  readonly signals: readonly string[];
  readonly columns: readonly Float64Array[];
}

export interface ReplayOptions {
  /** Share of normal rows that may be marked. */
  readonly fpr: number;
  readonly seed: number;
  readonly detectors?: readonly string[];
  /** Fit again at this interval in ms; without it never. */
  readonly refresh?: number;
}

/** One entry per row of the input; `topSignal` is a column number, -1 where the row has no score. */
export interface ReplayResult {
  readonly t: Float64Array;
  readonly score: Float64Array;
  readonly p: Float64Array;
  readonly anomaly: Uint8Array;
  readonly topSignal: Int32Array;
  readonly topShare: Float64Array;
  readonly summary: readonly string[];
}

function stepOf(t: Float64Array): number {
  const gaps = t
    .subarray(1)
    .map((at, i) => at - t[i]!)
    .filter(gap => gap > 0);
  return gaps.length === 0 ? 60_000 : median(gaps);
}

function check(columns: ReplayColumns): void {
  for (let i = 1; i < columns.t.length; i++)
    if (columns.t[i]! < columns.t[i - 1]!)
      throw new RangeError(
        `row ${i + 1}: its time is before that of the row above; rows must not go back in time`,
      );
}

/**
 * One class of one entity, row by row on virtual time as the daemon runs it: row t is judged by rows up to t only, then
 * learned. Throws a RangeError when time goes back or a detector is unknown.
 */
export function detectRows(train: ReplayColumns, input: ReplayColumns, options: ReplayOptions): ReplayResult {
  check(train);
  check(input);
  const step = stepOf(train.t.length > 1 ? train.t : input.t);
  const specs = input.signals.map(() =>
    signalSchema.parse({ name: 'signal', kind: 'saturation', query: 'replay' }),
  );
  const signals = specs.map((spec, k) => ({ ...spec, name: input.signals[k]! }));
  const entity = { entity: 'input' };
  const context = { ...options, signals, step };
  let model = fitClassModel([{ entity, ...train, step }], context);
  const entities = [entity];
  const rows = input.t.length;
  const out = empty(input.t);
  let reasons = 0;
  let fittedAt = input.t[0] ?? 0;
  for (let i = 0; i < rows; i++) {
    const t = input.t[i]!;
    if (options.refresh !== undefined && t - fittedAt >= options.refresh) {
      model = fitClassModel([{ entity, ...upTo(train, input, i), step }], context);
      fittedAt = t;
    }
    const values = Float64Array.from(input.columns, column => column[i]!);
    const batch: Batch = { class: { name: 'replay', signals, step }, t, entities, values, partial: false };
    const { score, news, flagged } = model.judge(batch);
    out.score[i] = score[0]!;
    out.p[i] = news[0]!;
    if (Number.isNaN(out.score[i]!)) reasons++;
    else {
      out.anomaly[i] = flagged[0]!;
      const shares = model.shares(0);
      const top = shares.reduce((best, share, k) => (share > shares[best]! ? k : best), 0);
      out.topSignal[i] = top;
      out.topShare[i] = shares[top]!;
    }
    model.learn();
  }
  const marked = out.anomaly.reduce((sum, a) => sum + a, 0);
  const summary = [`${rows} rows judged, ${marked} in an episode; trained on ${train.t.length} rows`];
  if (reasons > 0)
    summary.push(`${reasons} rows without a score: no signal has a sample, or none had one in training`);
  return { ...out, summary };
}

function empty(t: Float64Array): Omit<ReplayResult, 'summary'> {
  const n = t.length;
  return {
    t,
    score: new Float64Array(n),
    p: new Float64Array(n),
    anomaly: new Uint8Array(n),
    topSignal: new Int32Array(n).fill(-1),
    topShare: new Float64Array(n),
  };
}

/** All rows known before input row `end`, for a refit. */
function upTo(train: ReplayColumns, input: ReplayColumns, end: number): ReplayColumns {
  const join = (a: Float64Array, b: Float64Array) => {
    const all = new Float64Array(a.length + end);
    all.set(a);
    all.set(b.subarray(0, end), a.length);
    return all;
  };
  return {
    signals: input.signals,
    t: join(train.t, input.t),
    columns: input.columns.map((column, k) => join(train.columns[k]!, column)),
  };
}
