/**
 * Discrete Fourier transform of a fixed length (a power of two) in place: radix 2, decimation in time (Cooley and Tukey 1965).
 * The inverse is the same with the sign turned and a division by the length.
 */
export class Fourier {
  readonly length: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #place: Uint16Array;

  constructor(length: number) {
    if (length < 2 || (length & (length - 1)) !== 0)
      throw new RangeError(`a transform needs a length that is a power of two, got ${length}`);
    this.length = length;
    this.#cos = Float64Array.from({ length: length / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / length));
    this.#sin = Float64Array.from({ length: length / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / length));
    this.#place = new Uint16Array(length);
    for (let i = 1; i < length; i++)
      this.#place[i] = (this.#place[i >> 1]! >> 1) | ((i & 1) === 1 ? length >> 1 : 0);
  }

  forward(re: Float64Array, im: Float64Array): void {
    this.#transform(re, im, -1);
  }

  inverse(re: Float64Array, im: Float64Array): void {
    this.#transform(re, im, 1);
    for (let i = 0; i < this.length; i++) {
      re[i] = re[i]! / this.length;
      im[i] = im[i]! / this.length;
    }
  }

  #transform(re: Float64Array, im: Float64Array, sign: 1 | -1): void {
    this.#reorder(re);
    this.#reorder(im);
    const n = this.length;
    for (let half = 1; half < n; half *= 2) {
      const stride = n / (2 * half);
      for (let start = 0; start < n; start += 2 * half)
        for (let k = 0; k < half; k++) {
          const [c, s] = [this.#cos[k * stride]!, sign * this.#sin[k * stride]!];
          const a = start + k;
          const b = a + half;
          const x = re[b]! * c - im[b]! * s;
          const y = re[b]! * s + im[b]! * c;
          re[b] = re[a]! - x;
          im[b] = im[a]! - y;
          re[a] = re[a]! + x;
          im[a] = im[a]! + y;
        }
    }
  }

  #reorder(values: Float64Array): void {
    for (let i = 0; i < this.length; i++) {
      const j = this.#place[i]!;
      if (j <= i) continue;
      const held = values[i]!;
      values[i] = values[j]!;
      values[j] = held;
    }
  }
}
