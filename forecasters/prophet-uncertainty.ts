import { createRandom } from '../core/random.ts';
import { normalQuantile, quantileSorted } from '../core/stats.ts';
import { logistic } from './prophet-trend.ts';

/** What may come of a trend after its history: changes at `rate` a unit of time, Laplace of scale `lambda`, and noise. */
export interface TrendNoise {
  /** Expected changes over a time as long as the history. */
  readonly rate: number;
  /** Mean size of a change. */
  readonly lambda: number;
  /** Standard deviation of the noise, of the same scale. */
  readonly sigma: number;
}

/** Step of the inversion in units of 1 / deviation: what it folds back lies 12 deviations out. */
const stepOfInversion = 0.5;

/**
 * The `q` quantile (q > .5) at `ahead` (1 is the length of the history) of the trend's future changes times `gain`, plus noise.
 *
 * Changes come as a Poisson process and shift the slope by Laplace amounts (Taylor and Letham 2018, section 3.1.4). Their sum has
 * the characteristic function exp(-S (h - atan(l h u) / (l u))): no path is drawn, the distribution is inverted (Gil-Pelaez 1951),
 * F(x) = 1/2 + 1/pi int_0^inf sin(u x) / u phi(u) du, and its root found by Newton's steps.
 */
export function spreadQuantile(noise: TrendNoise, at: { ahead: number; gain: number }, q: number): number {
  const { rate: S, sigma } = noise;
  const h = Math.max(0, at.ahead);
  const l = noise.lambda * Math.abs(at.gain);
  const trendVariance = (2 * S * l * l * h ** 3) / 3;
  const z = normalQuantile(q);
  if (trendVariance <= 1e-4 * sigma * sigma) return z * Math.sqrt(sigma * sigma + trendVariance);
  const s = Math.max(sigma, 0.02 * Math.sqrt(trendVariance));
  const deviation = Math.sqrt(s * s + trendVariance);
  const count = Math.ceil((7 * deviation) / (s * stepOfInversion));
  const phi = Float64Array.from({ length: count }, (_, i) => {
    const u = ((i + 1) * stepOfInversion) / deviation;
    return Math.exp(-S * (h - Math.atan(l * h * u) / (l * u)) - (s * s * u * u) / 2);
  });
  let x = z;
  for (let i = 0; i < 30; i++) {
    let mass = x / 2;
    let density = 0.5;
    for (let j = 0; j < count; j++) {
      const u = (j + 1) * stepOfInversion;
      mass += (Math.sin(u * x) / u) * phi[j]!;
      density += Math.cos(u * x) * phi[j]!;
    }
    const miss = 0.5 + (mass * stepOfInversion) / Math.PI - q;
    const move = miss / Math.max((density * stepOfInversion) / Math.PI, 1e-4);
    x -= Math.max(-0.5, Math.min(0.5, move));
    if (Math.abs(move) < 1e-7) break;
  }
  return x * deviation;
}

/** A logistic trend over the times that are asked for. */
export interface LogisticPaths {
  /** Exponent of the expected trend, its cap, and what is done to the trend: times `gain`, plus `shift`. */
  readonly z: Float64Array;
  readonly cap: ArrayLike<number>;
  readonly gain: Float64Array;
  readonly shift: Float64Array;
  /** Ahead of the end of the history, 1 is its length; ascending. */
  readonly ahead: Float64Array;
  readonly samples: number;
  readonly seed: number;
}

function poisson(mean: number, random: () => number): number {
  const end = Math.exp(-mean);
  let count = 0;
  for (let product = random(); product > end; product *= random()) count++;
  return count;
}

/** How far one drawn path leaves the expected exponent: the sum of its changes times the time since each. */
function drift(noise: TrendNoise, ahead: Float64Array, random: () => number): Float64Array {
  const end = Math.max(0, ahead.at(-1) ?? 0);
  const out = new Float64Array(ahead.length);
  const changes = poisson(Math.min(500, noise.rate * end), random);
  for (let c = 0; c < changes; c++) {
    const from = random() * end;
    const u = random() - 0.5;
    const change = -noise.lambda * Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
    for (let i = 0; i < out.length; i++) if (ahead[i]! > from) out[i]! += change * (ahead[i]! - from);
  }
  return out;
}

/** Quantiles at each time of drawn logistic paths with noise: `quantiles[k][i]` belongs to `qs[k]` and time i. */
export function logisticQuantiles(
  noise: TrendNoise,
  paths: LogisticPaths,
  qs: readonly number[],
): readonly Float64Array[] {
  const { z, cap, gain, shift, ahead, samples } = paths;
  const n = z.length;
  const random = createRandom(paths.seed);
  const drawn = new Float64Array(n * samples);
  for (let s = 0; s < samples; s++) {
    const d = drift(noise, ahead, random);
    for (let i = 0; i < n; i++) {
      const error = noise.sigma * normalQuantile(Math.max(random(), 1e-12));
      drawn[i * samples + s] = cap[i]! * logistic(z[i]! + d[i]!) * gain[i]! + shift[i]! + error;
    }
  }
  for (let i = 0; i < n; i++) drawn.subarray(i * samples, (i + 1) * samples).sort();
  return qs.map(q =>
    Float64Array.from({ length: n }, (_, i) =>
      quantileSorted(drawn.subarray(i * samples, (i + 1) * samples), q),
    ),
  );
}
