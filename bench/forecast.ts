import type { History } from '../core/forecaster.ts';
import { median } from '../core/stats.ts';
import { forecasters } from '../forecasters/forecasters.ts';
import { cpuOf, openExchange } from './peer.ts';
import { simulatedSeries } from './simulated-series.ts';

/**
 * Fit and 30 days ahead on simulated daily series of 61 values: error, cover and CPU of each forecaster and of all of them
 * together, beside Python prophet in the same run. `node dist/bench/forecast.js [series] [first seed]`.
 */
const day = 86_400_000;
const known = 61;
const ahead = 30;
const count = Number(process.argv[2] ?? 200);
const firstSeed = Number(process.argv[3] ?? 900_000);
const levels = [0.8, 0.95];

interface Case {
  readonly history: History;
  readonly truth: Float64Array;
  /** Mean |y(t) - y(t - 7)| over the history. */
  readonly unit: number;
}

function caseOf(seed: number): Case {
  const series = simulatedSeries(seed, known + ahead);
  const v = series.slice(0, known);
  const weekly = v.subarray(7).map((value, i) => Math.abs(value - v[i]!));
  const unit = weekly.reduce((sum, value) => sum + value, 0) / weekly.length;
  return { history: { t: v.map((_, i) => i * day), v, step: day }, truth: series.subarray(known), unit };
}

const cases = Array.from({ length: count }, (_, k) => caseOf(firstSeed + k)).filter(({ unit }) => unit > 0);

function maseOf({ truth, unit }: Case, yhat: Float64Array): number {
  return truth.reduce((sum, value, h) => sum + Math.abs(value - yhat[h]!), 0) / truth.length / unit;
}

const geometric = (values: readonly number[]) =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value + 1e-3), 0) / values.length);

function measure(component: (typeof forecasters)[number]) {
  const forecaster = component.create(component.options.parse({}));
  const answers = cases.map(each => {
    const fitted = forecaster.fit(each.history, []);
    return 'unfit' in fitted ? undefined : fitted.forecast(ahead, levels);
  });
  const inside = levels.map((_, k) => {
    const hits = answers.flatMap((answer, i) => {
      const interval = answer?.intervals[k];
      if (interval === undefined) return [];
      return Array.from(
        cases[i]!.truth,
        (value, h) => +(interval.lower[h]! <= value && value <= interval.upper[h]!),
      );
    });
    return hits.reduce((sum, hit) => sum + hit, 0) / hits.length;
  });
  const errors = answers.flatMap((answer, i) =>
    answer === undefined ? [] : [maseOf(cases[i]!, answer.yhat)],
  );
  const cpu = cpuOf(3, () => {
    for (const { history } of cases) {
      const fitted = forecaster.fit(history, []);
      if (!('unfit' in fitted)) fitted.forecast(ahead, levels);
    }
  });
  return { errors, inside, ms: cpu[0]! / cases.length, worst: cpu.at(-1)! / cases.length };
}

const figures = forecasters.map(component => ({ name: component.name, ...measure(component) }));
const reference = geometric(figures.find(({ name }) => name === 'ets')!.errors);
console.table(
  figures.map(({ name, errors, inside, ms, worst }) => ({
    forecaster: name,
    'MASE / that of ets': Number((geometric(errors) / reference).toFixed(3)),
    'median MASE': Number(median(errors).toFixed(3)),
    'cover 80 %': Number(inside[0]!.toFixed(3)),
    'cover 95 %': Number(inside[1]!.toFixed(3)),
    'CPU ms a series': Number(ms.toFixed(2)),
    worst: Number(worst.toFixed(2)),
  })),
);

const exchange = openExchange();
exchange.write('series', Float64Array.from(cases.slice(0, 40).flatMap(({ history }) => [...history.v])));
exchange.writeText('shape.json', JSON.stringify({ known, ahead }));
const peer = exchange.run('prophet_cpu.py');
exchange.close();
if (peer !== undefined) {
  const own = figures.find(({ name }) => name === 'ensemble')!.ms;
  console.table([
    {
      'all methods, CPU ms a series': Number(own.toFixed(2)),
      'Python prophet, CPU ms a series': Number(Number(peer.ms).toFixed(1)),
      'all methods / Python prophet': Number((own / Number(peer.ms)).toFixed(3)),
      prophet: peer.version,
    },
  ]);
}
