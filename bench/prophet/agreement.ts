import { quantile } from '../../core/stats.ts';
import { fitProphet } from '../../forecasters/prophet.ts';
import { prophetOptions } from '../../forecasters/prophet-options.ts';
import type { ProphetCase } from './series.ts';

/** What a model says of a case's times ahead: expected values and the interval of 80 %. */
export interface CaseForecast {
  readonly name: string;
  readonly yhat: ArrayLike<number>;
  readonly lower: ArrayLike<number>;
  readonly upper: ArrayLike<number>;
}

/** How two forecasts of a case agree, as shares. */
export interface Agreement {
  readonly name: string;
  /** Mean distance of the expected values over the mean of the reference. */
  readonly off: number;
  /** Mean width of the interval over the reference's. */
  readonly width: number;
}

/** Our forecast of a case; throws when the case cannot be fitted. */
export function ownForecast({ name, options, history, ahead }: ProphetCase): CaseForecast {
  const fitted = fitProphet(history, prophetOptions.parse(options));
  if ('unfit' in fitted) throw new Error(`${name}: ${fitted.unfit}`);
  const { yhat, intervals } = fitted.predict(ahead, [0.8]);
  return { name, yhat, lower: intervals[0]!.lower, upper: intervals[0]!.upper };
}

function mean(n: number, of: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += of(i);
  return sum / n;
}

/** How `own` agrees with `reference`. */
export function agreement(own: CaseForecast, reference: CaseForecast): Agreement {
  const n = reference.yhat.length;
  const size = mean(n, i => Math.abs(reference.yhat[i]!));
  const width = ({ lower, upper }: CaseForecast) => mean(n, i => upper[i]! - lower[i]!);
  return {
    name: reference.name,
    off: mean(n, i => Math.abs(own.yhat[i]! - reference.yhat[i]!)) / size,
    width: width(own) / width(reference),
  };
}

/** Over all cases: median, p90 and worst distance, and the median of the widths' ratio. */
export function overCases(all: readonly Agreement[]) {
  const off = all.map(one => one.off);
  const of = (values: readonly number[], q: number) => quantile(values, q);
  return {
    median: of(off, 0.5),
    p90: of(off, 0.9),
    worst: of(off, 1),
    width: of(
      all.map(one => one.width),
      0.5,
    ),
  };
}
