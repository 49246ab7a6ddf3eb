import { runDegradation } from './degradation-cases.ts';
import { type RedDrift, redService } from './red-series.ts';

/**
 * Slow degradations of simulated services, found within 15 minutes at one-minute steps and `fpr` .01. Run:
 * `node dist/bench/degradation.js [detector,...]`.
 */
const kinds = ['latency', 'errors', 'saturation', 'all three'] as const;
const slopes = [0.005, 0.01, 0.015, 0.02, 0.025, 0.03];
const sizes = [0.02, 0.05, 0.1];
const correlations = [0, 0.4, 0.8];
const day = 1440;

const drifts: readonly RedDrift[] = kinds.flatMap(kind => slopes.map(slope => ({ kind, slope })));
const detectors = process.argv[2]?.split(',');
const share = (x: number) => x.toFixed(3);
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

const table: Record<string, Record<string, string>> = {};
const overall: number[] = [];
for (const size of sizes) {
  const frames = correlations.flatMap((correlation, c) =>
    [0, 1].map(i => redService(10 * day, { size, correlation }, 1000 * size + 10 * c + i)),
  );
  const how = { fitRows: 7 * day, every: 180, ...(detectors === undefined ? {} : { detectors }) };
  const run = runDegradation(frames, drifts, how);
  overall.push(...run.found);
  kinds.forEach((kind, k) => {
    const found = run.found.slice(k * slopes.length, (k + 1) * slopes.length);
    table[`${kind}, noise ${100 * size} %`] = {
      ...Object.fromEntries(slopes.map((slope, i) => [`${100 * slope} %`, share(found[i]!)])),
      all: share(mean(found)),
      control: share(run.control),
      'false positives': run.falsePositives.toFixed(4),
      cases: String(run.cases * slopes.length),
    };
  });
}
console.table(table);
console.log(`overall: ${share(mean(overall))}`);
