import { fitClassModel } from '../detectors/fit.ts';
import { overall, type RaceReport } from '../detectors/race.ts';
import { redService, redSignals } from './red-series.ts';

/**
 * The race on simulated services: what each detector reaches on injected faults, and the ensemble, beside what the fit costs with
 * and without it. Run: `node dist/bench/race.js`.
 */
const rows = 5000;
const context = { signals: redSignals, step: 60_000, seed: 1, fpr: 0.01 };

function line(scores: readonly number[], kinds: readonly string[]): Record<string, string> {
  const each = kinds.map((kind, i) => [kind, scores[i]!.toFixed(2)] as const);
  return { ...Object.fromEntries(each), all: overall(scores).toFixed(3) };
}

function show(report: RaceReport, weights: readonly number[]): void {
  const { kinds, entries, standing, together } = report;
  const all = weights.reduce((sum, w) => sum + w, 0);
  console.table({
    ...Object.fromEntries(
      entries.map(({ name, scores }, d) => [
        name,
        { weight: (weights[d]! / all).toFixed(2), ...line(scores, kinds) },
      ]),
    ),
    'default weights': line(standing, kinds),
    together: line(together, kinds),
  });
}

for (const size of [0.02, 0.05, 0.1]) {
  const frames = [0, 0.4, 0.8].flatMap((correlation, c) =>
    [0, 1].map(i => redService(rows, { size, correlation }, 7000 * size + 10 * c + i)),
  );
  const before = process.cpuUsage();
  const { race, members } = fitClassModel(frames, context).parts;
  const { user } = process.cpuUsage(before);
  if (race === undefined) throw new Error('no race was run');
  const { cases, random, weighting } = race;
  console.log(
    `noise ${100 * size} %: fit ${(user / 1e6).toFixed(1)} s of CPU; ${cases} faults, random ${random.toFixed(3)}; ${weighting}`,
  );
  show(
    race,
    members.map(m => m.weight),
  );
}
