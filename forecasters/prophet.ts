import type {
  FittedForecaster,
  Forecast,
  ForecasterComponent,
  History,
  Interval,
  Regressor,
} from '../core/forecaster.ts';
import { type ProphetModel, readProphet, writeProphet } from './prophet-codec.ts';
import { columnsOf, termsOf, writeTerms } from './prophet-design.ts';
import { fitMap, type MapFit } from './prophet-map.ts';
import {
  type ProphetHistory,
  type ProphetOptions,
  type ProphetTimes,
  prophetOptions,
} from './prophet-options.ts';
import { capsAt, floorsAt, type ProphetScale, scaleOf, usableRows } from './prophet-scale.ts';
import { changepointsOf, slopes, trendAt } from './prophet-trend.ts';
import { logisticQuantiles, spreadQuantile, type TrendNoise } from './prophet-uncertainty.ts';

/** A forecast and what it is made of, all in the unit of the series. */
export interface ProphetForecast extends Forecast {
  readonly trend: Float64Array;
  /** What each season, holiday and regressor adds at each time, by name; of a share, that share of the trend. */
  readonly terms: ReadonlyMap<string, Float64Array>;
}

/** Where the sums of terms stand: `add` joins the trend, `share` multiplies it. */
interface Parts {
  readonly g: Float64Array;
  readonly cap: Float64Array | undefined;
  readonly add: Float64Array;
  readonly share: Float64Array;
  readonly floor: Float64Array;
  readonly terms: ReadonlyMap<string, Float64Array>;
}

/** Prophet (Taylor and Letham, "Forecasting at Scale", The American Statistician 72, 2018), fitted on one series. */
export class FittedProphet implements FittedForecaster {
  readonly #model: ProphetModel;

  constructor(model: ProphetModel) {
    this.#model = model;
  }

  /** The `steps` steps after the history; RangeError when a regressor is not known that far, or a condition or cap varies. */
  forecast(steps: number, levels: readonly number[]): Forecast {
    const { last, step, future } = this.#model;
    const short = Object.entries(future).find(([, x]) => x.length < steps);
    if (short)
      throw new RangeError(
        `regressor ${short[0]} is known ${short[1].length} steps ahead, ${steps} are asked for`,
      );
    const regressors = Object.fromEntries(
      Object.entries(future).map(([name, x]) => [name, x.subarray(0, steps)]),
    );
    const t = Float64Array.from({ length: steps }, (_, i) => last + (i + 1) * step);
    const { yhat, intervals } = this.predict({ t, regressors }, levels);
    return { t, yhat, intervals };
  }

  /** The model at any times (ascending), in the history as after it; RangeError when a column that it needs is missing. */
  predict(at: ProphetTimes, levels: readonly number[]): ProphetForecast {
    const { scale } = this.#model.scale;
    const parts = this.#partsAt(at);
    const { g, add, share, floor, terms } = parts;
    const yhat = g.map((gi, i) => (gi * (1 + share[i]!) + add[i]!) * scale + floor[i]!);
    const trend = g.map((gi, i) => gi * scale + floor[i]!);
    return { t: at.t, yhat, trend, terms, intervals: this.#intervals(at, { ...parts, yhat }, levels) };
  }

  /** Reads back with `prophetFromBytes`. */
  toBytes(): Uint8Array {
    return writeProphet(this.#model);
  }

  #scaled(at: ProphetTimes): Float64Array {
    const { start, span } = this.#model.scale;
    return at.t.map(t => (t - start) / span);
  }

  #partsAt(at: ProphetTimes): Parts {
    const { trend, terms, beta, scale } = this.#model;
    const n = at.t.length;
    const cap = trend.growth === 'logistic' ? capsAt(scale, at) : undefined;
    const g = trendAt(trend, this.#scaled(at), cap);
    const X = writeTerms(terms, at);
    const add = new Float64Array(n);
    const share = new Float64Array(n);
    const named = new Map<string, Float64Array>();
    for (const { name, from, count, multiplicative } of columnsOf(terms)) {
      const sum = multiplicative ? share : add;
      const own = named.get(name) ?? new Float64Array(n);
      named.set(name, own);
      for (let j = from; j < from + count; j++) {
        for (let i = 0; i < n; i++) {
          const x = beta[j]! * X[j * n + i]!;
          sum[i]! += x;
          own[i]! += x * scale.scale * (multiplicative ? g[i]! : 1);
        }
      }
    }
    return { g, cap, add, share, floor: floorsAt(scale, at), terms: named };
  }

  #intervals(
    at: ProphetTimes,
    parts: Parts & { readonly yhat: Float64Array },
    levels: readonly number[],
  ): readonly Interval[] {
    const { trend, sigma, scale } = this.#model;
    const { yhat } = parts;
    const moved = trend.growth === 'flat' ? 0 : trend.delta.reduce((sum, d) => sum + Math.abs(d), 0);
    const rate = Math.max(1, trend.delta.length);
    const noise = { rate: trend.growth === 'flat' ? 0 : rate, lambda: moved / rate + 1e-8, sigma };
    const ahead = this.#scaled(at).map(t => Math.max(0, t - 1));
    if (trend.growth === 'logistic') return this.#drawn(at, { ...parts, noise, ahead }, levels);
    return levels.map(level => {
      const half = ahead.map((h, i) => {
        const gain = 1 + parts.share[i]!;
        return scale.scale * spreadQuantile(noise, { ahead: h, gain }, (1 + level) / 2);
      });
      return { level, lower: yhat.map((y, i) => y - half[i]!), upper: yhat.map((y, i) => y + half[i]!) };
    });
  }

  #drawn(
    at: ProphetTimes,
    parts: Parts & { readonly noise: TrendNoise; readonly ahead: Float64Array },
    levels: readonly number[],
  ): readonly Interval[] {
    const { trend, samples, seed, scale } = this.#model;
    const { noise, ahead, add, share, floor, cap } = parts;
    const paths = {
      z: slopes(trend, this.#scaled(at)),
      cap: cap ?? new Float64Array(0),
      gain: share.map(s => 1 + s),
      shift: add,
      ahead,
      samples,
      seed,
    };
    const qs = levels.flatMap(level => [(1 - level) / 2, (1 + level) / 2]);
    const quantiles = logisticQuantiles(noise, paths, qs);
    const back = (k: number) => quantiles[k]!.map((v, i) => v * scale.scale + floor[i]!);
    return levels.map((level, k) => ({ level, lower: back(2 * k), upper: back(2 * k + 1) }));
  }
}

/** A fitted model from its bytes; RangeError when they are none. */
export function prophetFromBytes(bytes: Uint8Array): FittedProphet {
  return new FittedProphet(readProphet(bytes));
}

function isConstant(y: Float64Array): boolean {
  return y.every(v => v === y[0]);
}

function solve(history: ProphetHistory, scale: ProphetScale, options: ProphetOptions) {
  const t = history.t.map(time => (time - scale.start) / scale.span);
  const floor = floorsAt(scale, history);
  const y = history.y.map((v, i) => (v - floor[i]!) / scale.scale);
  const own = options.changepoints?.map(c => (c - scale.start) / scale.span);
  const changepoints = changepointsOf(t, own, options);
  const terms = termsOf(history, options);
  const columns = columnsOf(terms).flatMap(term => Array.from({ length: term.count }, () => term));
  const { growth, changepointPrior: tau } = options;
  if (growth !== 'logistic' && isConstant(y)) {
    const trend = { growth, k: 0, m: y[0]!, changepoints, delta: changepoints.map(() => 0) };
    return { terms, trend, beta: new Float64Array(columns.length), sigma: 1e-9 };
  }
  const fit: MapFit = fitMap({
    t,
    y,
    cap: growth === 'logistic' ? capsAt(scale, history) : undefined,
    growth,
    changepoints,
    X: writeTerms(terms, history),
    multiplicative: columns.map(term => (term.multiplicative ? 1 : 0)),
    priors: columns.map(term => term.prior),
    tau,
  });
  return { terms, ...fit };
}

/** What continues a history: its last time, its step, and its regressors after it. */
export interface ProphetFuture {
  readonly last: number;
  readonly step: number;
  readonly regressors: Readonly<Record<string, Float64Array>>;
}

/**
 * Fits the model on a history by its maximum a posteriori; rows with a missing number are left out. Deterministic. Or why it cannot
 * be fitted; RangeError when a season's condition is not among the columns.
 */
export function fitProphet(
  history: ProphetHistory,
  options: ProphetOptions,
  future?: ProphetFuture,
): FittedProphet | { readonly unfit: string } {
  const rows = usableRows(history);
  const count = rows.t.length;
  if (count < 2) return { unfit: `prophet needs 2 values, the history has ${count} without a gap in them` };
  if (rows.t.at(-1) === rows.t[0])
    return { unfit: `prophet needs two times that differ, all ${count} are the same` };
  const scale = scaleOf(rows, options);
  if (options.growth === 'logistic') {
    try {
      capsAt(scale, rows);
    } catch (error) {
      if (error instanceof RangeError) return { unfit: error.message };
      throw error;
    }
  }
  const { samples, seed } = options;
  const last = future?.last ?? rows.t.at(-1)!;
  const step = future?.step ?? scale.span / (count - 1);
  const fit = solve(rows, scale, options);
  if (!(fit.sigma > 0) || !fit.beta.every(Number.isFinite))
    return { unfit: 'prophet did not converge on this history' };
  return new FittedProphet({ scale, ...fit, samples, seed, last, step, future: future?.regressors ?? {} });
}

function fitHistory(
  history: History,
  regressors: readonly Regressor[],
  options: ProphetOptions,
): FittedProphet | { readonly unfit: string } {
  const { t, v: y, step } = history;
  if (t.length === 0) return { unfit: 'prophet needs 2 values, the history is empty' };
  const unknown = regressors.find(({ future }) => future.length === 0 || !future.every(Number.isFinite));
  if (unknown)
    return { unfit: `prophet needs every future value of the regressor ${unknown.name}; some are missing` };
  const conditioned = options.seasons.find(season => season.condition !== undefined);
  if (conditioned)
    return { unfit: `season ${conditioned.name}: nobody tells its condition of the future; use \`when\`` };
  const past = Object.fromEntries(regressors.map(r => [r.name, r.past]));
  const future = Object.fromEntries(regressors.map(r => [r.name, r.future]));
  return fitProphet({ t, y, regressors: past }, options, { last: t.at(-1)!, step, regressors: future });
}

/** Prophet as one of the forecasters. */
export const prophet: ForecasterComponent<typeof prophetOptions> = {
  name: 'prophet',
  summary: 'Trend with changes, seasons, holidays and regressors (Taylor and Letham 2018).',
  options: prophetOptions,
  create: options => ({ fit: (history, regressors) => fitHistory(history, regressors, options) }),
};
