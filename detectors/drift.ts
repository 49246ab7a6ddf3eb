import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import type { SignalKind } from '../core/pack.ts';
import { median } from '../core/stats.ts';
import type { Window } from '../core/window.ts';
import { zLimit } from './baseline.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { directionsOf } from './deviation.ts';

/** Steps that are looked back, and over how many of them at most a ramp is sought. */
export interface DriftOptions {
  readonly window: number;
  readonly ramp: number;
}

/** Direction that counts of each signal, NaN = not looked at, and what its noise in normal life is like. */
interface DriftParts extends DriftOptions {
  readonly sign: Float64Array;
  /** Correlation of the noise of one step and the next. */
  readonly correlation: Float64Array;
  /** Variance of what each step adds to it. */
  readonly innovation: Float64Array;
}

type Noise = Pick<DriftParts, 'correlation' | 'innovation'>;

/** What degrades slowly; a class without any signal of these kinds is looked at whole. */
const degrading: ReadonlySet<SignalKind> = new Set(['latency', 'errors', 'saturation']);
/** As many samples as the noise of normal life counts for, beside the residuals of the window itself. */
const priorSamples = 30;
/** The smallest noise, in units of a signal's scale: a smaller drift is no degradation. */
const leastNoise = 0.02;
/** Lone samples farther from their neighbours than so many mean distances are taken back. */
const spike = 3;
/** A slope is told from so many samples on. */
const fewest = 8;
/** Noise that is correlated more than this cannot be told from a drift. */
const mostCorrelated = 0.9;

/**
 * Whether a signal has begun to climb: the likelihood ratio of a ramp against a level, x_i = a + b max(0, i - c) + e_i over
 * the last `window` steps (Willsky and Jones 1976, of a slope), largest over ramps of the last third, two thirds and all of
 * `ramp` steps. e is autoregressive of the first order: all is taken as x_i - phi x_(i-1) (Cochrane and Orcutt 1949). The root
 * of the ratio is the t value of b, its variance that of the residuals shrunk to the noise of normal life (Smyth 2004, eq. 5).
 * The score is the largest t over the signals in the direction that matters. A level far from normal is no drift: only steps
 * from before the first sample count as the centre.
 */
class FittedDrift implements FittedDetector {
  readonly #parts: DriftParts;
  readonly #ramps: readonly number[];
  readonly #rows: Float64Array;
  readonly #x: Float64Array;

  constructor(parts: DriftParts) {
    this.#parts = parts;
    this.#ramps = [...new Set([1, 2, 3].map(third => Math.ceil((third * parts.ramp) / 3)))];
    this.#rows = new Float64Array(parts.window * parts.sign.length);
    this.#x = new Float64Array(parts.window);
  }

  get lookback(): number {
    return this.#parts.window;
  }

  score(window: Window, out: Float64Array): void {
    for (let row = 0; row < window.rows; row++) {
      this.#read(window, row);
      let largest = Number.NaN;
      for (let k = 0; k < window.width; k++) {
        const t = this.#drift(k, window);
        if (Number.isNaN(largest) || t > largest) largest = t;
      }
      out[row] = largest;
    }
  }

  /** A signal's share: its squared t of the sum of all. */
  shares(window: Window, row: number, out: Float64Array): void {
    this.#read(window, row);
    let sum = 0;
    for (let k = 0; k < window.width; k++) {
      const t = this.#drift(k, window);
      out[k] = t > 0 ? t * t : 0;
      sum += out[k]!;
    }
    for (let k = 0; k < window.width; k++) out[k] = sum > 0 ? out[k]! / sum : 1 / window.width;
  }

  learn(): void {}

  toBytes(): Uint8Array {
    const { window, ramp, sign, correlation, innovation } = this.#parts;
    return writeBytes({ window, ramp }, [sign, correlation, innovation]);
  }

  #read(window: Window, row: number): void {
    window.tail(row, this.#parts.window, { values: this.#rows, at: 0, stride: window.width });
  }

  /** t of signal `k` of the row that was read; NaN where its newest sample is missing or it is not looked at. */
  #drift(k: number, { width }: Window): number {
    const { window: steps, sign, correlation, innovation } = this.#parts;
    if (Number.isNaN(sign[k]!) || Number.isNaN(this.#rows[(steps - 1) * width + k]!)) return Number.NaN;
    let isBefore = true;
    for (let i = 0; i < steps; i++) {
      const at = this.#rows[i * width + k]!;
      isBefore &&= Number.isNaN(at);
      const z = isBefore ? 0 : at;
      this.#x[i] = Math.max(-zLimit, Math.min(zLimit, z));
    }
    clipSpikes(this.#x);
    const noise = { phi: correlation[k]!, innovation: innovation[k]! };
    let largest = 0;
    for (const ramp of this.#ramps) {
      const t = rampT(this.#x, ramp, noise);
      largest = Math.max(largest, sign[k] === 0 ? Math.abs(t) : sign[k]! * t);
    }
    return largest;
  }
}

function middle(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}

/** Takes lone samples back to near the median of three neighbours, which a ramp does not move. */
function clipSpikes(x: Float64Array): void {
  const n = x.length;
  let sum = 0;
  for (let i = 1; i < n - 1; i++) {
    const d = Math.abs(x[i]! - middle(x[i - 1]!, x[i]!, x[i + 1]!));
    if (!Number.isNaN(d)) sum += d;
  }
  const most = (spike * sum) / n;
  let last = x[0]!;
  for (let i = 1; i < n; i++) {
    const at = x[i]!;
    const m = middle(last, at, i < n - 1 ? x[i + 1]! : x[i - 2]!);
    if (!Number.isNaN(m)) x[i] = Math.max(m - most, Math.min(m + most, at));
    last = at;
  }
}

/** t value of the slope of a ramp over the last `ramp` of the samples `x` against their level; missing ones are left out. */
function rampT(
  x: Float64Array,
  ramp: number,
  { phi, innovation }: { readonly phi: number; readonly innovation: number },
): number {
  const flat = x.length - 1 - ramp;
  let [n, sx, sxx, sr, srr, sxr] = [0, 0, 0, 0, 0, 0];
  for (let i = 1; i < x.length; i++) {
    const at = x[i]! - phi * x[i - 1]!;
    if (Number.isNaN(at)) continue;
    const r = Math.max(0, i - flat) - phi * Math.max(0, i - 1 - flat);
    n++;
    sx += at;
    sxx += at * at;
    sr += r;
    srr += r * r;
    sxr += at * r;
  }
  const spread = srr - (sr * sr) / n;
  if (n < fewest || !(spread > 1e-9)) return 0;
  const covariance = sxr - (sx * sr) / n;
  const residual = Math.max(0, sxx - (sx * sx) / n - (covariance * covariance) / spread);
  const variance = (priorSamples * innovation + residual) / (priorSamples + n - 2);
  return covariance / Math.sqrt(spread * variance);
}

/** Robust size of the differences of a signal over `lag` steps: the median of that of each history. */
function sizeOfSteps(frames: readonly Frame[], k: number, lag: number): number {
  const each = frames.map(({ columns }) => {
    const column = columns[k]!;
    return 1.4826 * median(column.subarray(lag).map((v, i) => Math.abs(v - column[i]!)));
  });
  return median(each);
}

/**
 * Noise of each signal over all histories, from its differences over one and two steps, which no season moves:
 * d1^2 = 2 s^2 (1 - phi), d2^2 = 2 s^2 (1 - phi^2).
 */
function noiseOf(frames: readonly Frame[], width: number): Noise {
  const correlation = new Float64Array(width);
  const innovation = new Float64Array(width).fill(1);
  for (let k = 0; k < width; k++) {
    const one = sizeOfSteps(frames, k, 1);
    const two = sizeOfSteps(frames, k, 2);
    const phi = one > 0 ? Math.max(0, Math.min(mostCorrelated, (two / one) ** 2 - 1)) : 0;
    correlation[k] = Number.isFinite(phi) ? phi : 0;
    if (Number.isFinite(one))
      innovation[k] = Math.max(leastNoise ** 2, (one ** 2 * (1 + correlation[k]!)) / 2);
  }
  return { correlation, innovation };
}

/** Unfitted drift detector: `fit` learns how large the noise of each signal is. */
export class Drift implements Detector {
  readonly #options: DriftOptions;
  readonly #context: DetectorContext;

  constructor(options: DriftOptions, context: DetectorContext) {
    this.#options = options;
    this.#context = context;
  }

  fit(sample: Iterable<Frame>): FittedDetector {
    const frames = [...sample];
    const { signals } = this.#context;
    const some = signals.some(({ kind }) => degrading.has(kind));
    const isLooked = (k: number) => !some || degrading.has(signals[k]!.kind);
    const sign = directionsOf(signals).map((direction, k) => (isLooked(k) ? direction : Number.NaN));
    return new FittedDrift({
      window: this.#options.window,
      ramp: Math.min(this.#options.ramp, this.#options.window - 1),
      sign,
      ...noiseOf(frames, signals.length),
    });
  }
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function driftFromBytes(bytes: Uint8Array): FittedDetector {
  const { head, arrays } = readBytes(bytes);
  const [sign, correlation, innovation] = arrays;
  const { window = 0, ramp = 0 } = head;
  const whole = [window, ramp].every(n => Number.isInteger(n) && n > 0);
  if (!whole || window <= ramp || sign === undefined)
    throw new RangeError('the bytes are not those of a drift detector');
  if (correlation?.length !== sign.length || innovation?.length !== sign.length)
    throw new RangeError(`the drift detector knows no noise for each of ${sign.length} signals`);
  return new FittedDrift({ window, ramp, sign, correlation, innovation });
}
