import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { quantile } from '../core/stats.ts';
import { Ensemble } from '../forecasters/ensemble.ts';
import { members } from '../forecasters/forecasters.ts';
import { simulatedSeries } from './simulated-series.ts';

/**
 * Writes `forecasters/prior-table.ts`: how large the ensemble's errors are on simulated series, in units of their own
 * typical fold error, by length of the history, steps ahead and level. `node dist/bench/forecast-prior.js [series]`.
 */
const lengths = [3, 6, 12, 24, 60, 120, 240];
const aheads = [1, 2, 4, 8, 16, 32, 64];
const levels = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99];
const count = Number(process.argv[2] ?? 1500);
const day = 86_400_000;
const farthest = aheads.at(-1)!;

/** |error| / typical fold error of one series at each step ahead; undefined where nothing was ever wrong. */
function errorsOf(seed: number, n: number): Float64Array | undefined {
  const series = simulatedSeries(seed, n + farthest);
  const history = {
    t: Float64Array.from({ length: n }, (_, i) => i * day),
    v: series.slice(0, n),
    step: day,
  };
  const fitted = new Ensemble(members, { horizon: 30 * day, folds: 15 }).fitAlone(history);
  if ('unfit' in fitted || fitted.typicalError === 0) return undefined;
  const { yhat } = fitted.forecast(farthest, []);
  return yhat.map((value, h) => Math.abs(series[n + h]! - value) / fitted.typicalError);
}

/** Steps that are pooled for one of `aheads`: those nearer to it than to its neighbours, on the logarithmic scale. */
function nearest(k: number): readonly number[] {
  const from = k === 0 ? 1 : Math.sqrt(aheads[k]! * aheads[k - 1]!);
  const to = k === aheads.length - 1 ? farthest : Math.sqrt(aheads[k]! * aheads[k + 1]!);
  return Array.from({ length: farthest }, (_, h) => h + 1).filter(h => h >= from && h <= to);
}

function rowsOf(n: number): number[][] {
  const errors = Array.from({ length: count }, (_, k) => errorsOf(100_000 + k, n)).filter(
    each => each !== undefined,
  );
  return aheads.map((_, k) => {
    const steps = nearest(k);
    const pooled = Float64Array.from(errors.flatMap(each => steps.map(h => each[h - 1]!)));
    return levels.map(level => Number(quantile(pooled, level).toPrecision(3)));
  });
}

/** Never smaller further on: what is known of the far future is not more. */
function growing(rows: number[][]): number[][] {
  for (let k = 1; k < rows.length; k++)
    rows[k] = rows[k]!.map((value, j) => Math.max(value, rows[k - 1]![j]!));
  return rows;
}

const numbers = (values: readonly number[]) => `[${values.join(', ')}]`;
const table = lengths.map(n => growing(rowsOf(n)));
const text = `// Made by \`node dist/bench/forecast-prior.js\` from ${count} simulated series a length; not edited by hand.

/** Shares of the errors that are smaller than what the table holds. */
export const priorLevels: readonly number[] = ${numbers(levels)};
/** Steps ahead. */
export const priorAheads: readonly number[] = ${numbers(aheads)};
/** Values of the history. */
export const priorLengths: readonly number[] = ${numbers(lengths)};
/** [length][ahead][level]: |error| / typical fold error. */
export const priorTable: readonly (readonly (readonly number[])[])[] = [
${table.map(rows => `  [\n${rows.map(row => `    ${numbers(row)},`).join('\n')}\n  ],`).join('\n')}
];
`;
writeFileSync(path.resolve('forecasters/prior-table.ts'), text);
