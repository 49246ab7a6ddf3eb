import type { Frame } from '../core/batch.ts';
import { type SignalSpec, signalSchema } from '../core/pack.ts';
import { createRandom } from '../core/random.ts';

/** What a service looks like when nothing is wrong: relative noise of a sample, and its correlation from step to step. */
export interface RedNoise {
  /** Standard deviation of one sample, as a share of its level. */
  readonly size: number;
  /** Correlation of the noise of one step and the next, 0 to below 1. */
  readonly correlation: number;
}

/** A slow degradation: what is of `kind` grows by `slope` of its level each row. */
export interface RedDrift {
  readonly kind: 'latency' | 'errors' | 'saturation' | 'all three';
  readonly slope: number;
}

const minute = 60_000;
const day = 1440;

const named = (name: string, kind: SignalSpec['kind'], bad: SignalSpec['bad']) =>
  signalSchema.parse({ name, kind, bad, query: 'bench' });

/** Signals of a simulated service, as a pack would declare them. */
export const redSignals: readonly SignalSpec[] = [
  named('request_rate', 'traffic', 'both'),
  named('error_ratio', 'errors', 'high'),
  named('latency_p95', 'latency', 'high'),
  named('latency_p99', 'latency', 'high'),
  named('saturation', 'saturation', 'high'),
];

function makeNormal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** First-order autoregressive noise of variance 1. */
function autoregressive(normal: () => number, correlation: number): () => number {
  let state = normal();
  return () => {
    const now = state;
    state = correlation * state + Math.sqrt(1 - correlation ** 2) * normal();
    return now;
  };
}

/** A Poisson number; by its normal limit above 60. */
function poisson(mean: number, random: () => number, normal: () => number): number {
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  const limit = Math.exp(-mean);
  let product = random();
  let n = 0;
  while (product > limit) {
    product *= random();
    n++;
  }
  return n;
}

/**
 * Normal life of one service at one-minute steps with a daily season: requests, the share of errors (Poisson counts, so many
 * that their noise is as stated), two lognormal percentiles of latency (the higher one twice as noisy; now and then one slow
 * minute), and a saturation that follows the requests.
 */
export function redService(rows: number, noise: RedNoise, seed: number): Frame {
  const random = createRandom(seed);
  const normal = makeNormal(random);
  const { size, correlation } = noise;
  const shared = autoregressive(normal, correlation);
  const [a, b, c, d] = [0, 1, 2, 3].map(() => autoregressive(normal, correlation));
  const columns = redSignals.map(() => new Float64Array(rows));
  const phase = random();
  for (let i = 0; i < rows; i++) {
    const season = Math.sin(2 * Math.PI * (i / day + phase));
    const common = shared();
    const slow = random() < 0.003 ? 1 + 2 * random() : 1;
    const part = (own: (() => number) | undefined) => Math.SQRT1_2 * (common + (own?.() ?? 0));
    columns[0]![i] = 100 * (1 + 0.4 * season) * Math.exp(0.5 * size * (d?.() ?? 0));
    columns[1]![i] = 0.02 * poisson(1 / size ** 2, random, normal) * size ** 2;
    columns[2]![i] = 0.2 * (1 + 0.15 * season) * Math.exp(size * part(a)) * (slow > 1 ? 1.2 : 1);
    columns[3]![i] = 0.5 * (1 + 0.15 * season) * Math.exp(2 * size * part(b)) * slow;
    columns[4]![i] = 0.4 * (1 + 0.3 * season) * (1 + size * (c?.() ?? 0));
  }
  const t = Float64Array.from({ length: rows }, (_, i) => (i + 1) * minute);
  return { entity: { service: `s${seed}` }, signals: redSignals.map(s => s.name), step: minute, t, columns };
}

/** The row `past` rows after the onset of a drift (1 = the first one that it shows in), written into `values`. */
export function drifted(values: Float64Array, { kind, slope }: RedDrift, past: number): void {
  redSignals.forEach((signal, k) => {
    const grows = kind === 'all three' ? signal.kind !== 'traffic' : signal.kind === kind;
    if (grows) values[k] = values[k]! * (1 + slope * past);
  });
}
