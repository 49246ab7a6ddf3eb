import type { Frame } from '../core/batch.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import type { Window } from '../core/window.ts';
import { zLimit } from './baseline.ts';
import { readBytes, writeBytes } from './bytes.ts';
import { directionsOf, sharesOf, topMean } from './deviation.ts';
import { Fourier } from './fourier.ts';

/** How many signals the score averages. */
export interface SpectralResidualOptions {
  readonly top: number;
}

const length = 32;
/** Points that are guessed after the newest, each as the last slopes go on, so that the newest is not at the edge. */
const guessed = 5;
const looked = length - guessed;
/** Amplitude that is added to each frequency: below it, in scales of the signal, is no pattern. */
const floor = 0.5;

/**
 * How salient the newest point of a signal is (Ren et al. 2019, eq. 1-7): the log amplitudes of the last 27 points, less their
 * mean over three neighbouring frequencies, turned back with the phases; the score is the newest point's saliency over the
 * window's mean, averaged over the `top` most salient signals. Missing points repeat the one before.
 */
class FittedSpectralResidual implements FittedDetector {
  readonly lookback = looked;
  readonly #top: number;
  readonly #sign: Float64Array;
  readonly #work: Float64Array;
  readonly #points: Float64Array;
  /** How far the newest point of each signal is from the mean of its window. */
  readonly #stray: Float64Array;
  readonly #fourier = new Fourier(length);
  readonly #re = new Float64Array(length);
  readonly #im = new Float64Array(length);
  readonly #log = new Float64Array(length);

  constructor(options: SpectralResidualOptions, sign: Float64Array) {
    this.#top = options.top;
    this.#sign = sign;
    this.#work = new Float64Array(sign.length);
    this.#points = new Float64Array(looked * sign.length);
    this.#stray = new Float64Array(sign.length);
  }

  score(window: Window, out: Float64Array): void {
    for (let row = 0; row < window.rows; row++) {
      this.#saliencies(window, row);
      out[row] = topMean(this.#work, this.#top);
    }
  }

  /** A signal's share: its saliency by how far it strays, for saliency alone knows no size. */
  shares(window: Window, row: number, out: Float64Array): void {
    this.#saliencies(window, row);
    for (let k = 0; k < out.length; k++) this.#work[k] = this.#work[k]! * Math.abs(this.#stray[k]!);
    sharesOf(this.#work, out);
  }

  learn(): void {}

  toBytes(): Uint8Array {
    return writeBytes({ top: this.#top }, [this.#sign]);
  }

  #saliencies(window: Window, row: number): void {
    const width = this.#sign.length;
    window.tail(row, looked, { values: this.#points, at: 0, stride: width });
    for (let k = 0; k < width; k++) {
      const newest = this.#points[(looked - 1) * width + k]!;
      this.#work[k] = Number.isNaN(newest) ? -1 : this.#saliencyOf(k);
    }
  }

  /** Saliency of the newest point of a signal; 0 when it strays from the window's mean in the direction that does not matter. */
  #saliencyOf(signal: number): number {
    const re = this.#re;
    const stray = this.#load(signal);
    this.#stray[signal] = stray;
    const sign = this.#sign[signal]!;
    if (sign !== 0 && sign * stray <= 0) return 0;
    this.#fourier.forward(re, this.#im);
    this.#keepResidual();
    this.#fourier.inverse(re, this.#im);
    let sum = 0;
    for (let i = 0; i < looked; i++) sum += Math.hypot(re[i]!, this.#im[i]!);
    const newest = Math.hypot(re[looked - 1]!, this.#im[looked - 1]!);
    return newest / (sum / looked + 1e-3);
  }

  /** The points of a signal and the guessed ones into the work arrays; answers how far the newest is from the mean. */
  #load(signal: number): number {
    const re = this.#re;
    let value = 0;
    let sum = 0;
    for (let i = 0; i < looked; i++) {
      const point = this.#points[i * this.#sign.length + signal]!;
      if (!Number.isNaN(point)) value = Math.min(zLimit, Math.max(-zLimit, point));
      re[i] = value;
      sum += value;
    }
    let slope = 0;
    for (let i = 1; i <= guessed; i++) slope += (value - re[looked - 1 - i]!) / i;
    re.fill(re[looked - guessed]! + slope, looked);
    this.#im.fill(0);
    return value - sum / looked;
  }

  /** Amplitudes become what stands out of their neighbours, phases stay. */
  #keepResidual(): void {
    const [re, im, log] = [this.#re, this.#im, this.#log];
    for (let i = 0; i < length; i++) log[i] = Math.log(Math.hypot(re[i]!, im[i]!) + floor);
    for (let i = 0; i < length; i++) {
      const near = (log[(i + length - 1) % length]! + log[i]! + log[(i + 1) % length]!) / 3;
      const factor = Math.exp(-near);
      re[i] = re[i]! * factor;
      im[i] = im[i]! * factor;
    }
  }
}

/** Unfitted spectral residual: it learns nothing from the sample, a point is compared with those right before it. */
export class SpectralResidual implements Detector {
  readonly #options: SpectralResidualOptions;
  readonly #context: DetectorContext;

  constructor(options: SpectralResidualOptions, context: DetectorContext) {
    this.#options = options;
    this.#context = context;
  }

  fit(_sample: Iterable<Frame>): FittedDetector {
    return new FittedSpectralResidual(this.#options, directionsOf(this.#context.signals));
  }
}

/** Reads what `toBytes` wrote; throws a RangeError for anything else. */
export function spectralResidualFromBytes(bytes: Uint8Array): FittedDetector {
  const { head, arrays } = readBytes(bytes);
  if (head.top === undefined || arrays[0] === undefined)
    throw new RangeError('the bytes are not those of a spectral residual');
  return new FittedSpectralResidual({ top: head.top }, arrays[0]);
}
