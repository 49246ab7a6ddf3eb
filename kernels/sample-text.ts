import { type KernelInstance, loadKernel } from './instance.ts';
import { wasm } from './samples.wasm.ts';

/** Samples a call: their values and their text stay in the cache. */
const chunk = 2048;
/** Longest text of one value, with its comma and what closes it, and what the kernel may write behind it. */
const longestValue = 64;
const leastPower = -292;
const mostPower = 324;
const powersAt = 64;
const headsAt = powersAt + (mostPower - leastPower + 1) * 16;

/** What stands before the value of each sample, one after the other; head i is `bytes` from `ends[i]` to `ends[i + 1]`. */
export interface SampleHeads {
  readonly bytes: Uint8Array;
  readonly ends: Uint32Array;
  readonly longest: number;
}

/** Puts the heads of samples together. */
export function sampleHeads(texts: readonly string[]): SampleHeads {
  const ends = new Uint32Array(texts.length + 1);
  let longest = 0;
  for (const [i, text] of texts.entries()) {
    ends[i + 1] = ends[i]! + text.length;
    longest = Math.max(longest, text.length);
  }
  return { bytes: new TextEncoder().encode(texts.join('')), ends, longest };
}

/** The 128 bits of 10^power, rounded up, the highest of them set. */
function powerBits(power: number): bigint {
  const size = 10n ** BigInt(Math.abs(power));
  const bits = BigInt(size.toString(2).length);
  if (power < 0) return ((1n << (127n + bits)) + size - 1n) / size;
  if (bits <= 128n) return size << (128n - bits);
  const unit = 1n << (bits - 128n);
  return (size + unit - 1n) / unit;
}

const aligned = (address: number) => (address + 7) & ~7;

/** Where things lie in the kernel's memory, in bytes. */
interface Places {
  readonly ends: number;
  readonly v: number;
  readonly on: number;
  readonly out: number;
}

/** One kernel for the thread: it keeps the heads that it wrote last, so that a series after a series needs no copy. */
class SampleKernel {
  readonly #kernel: KernelInstance = loadKernel(wasm);
  readonly #write = this.#kernel.call('write');
  #heads: SampleHeads | undefined;
  #places: Places = { ends: 0, v: 0, on: 0, out: 0 };

  constructor() {
    this.#kernel.reserve(headsAt);
    const powers = new BigUint64Array(this.#kernel.memory.buffer, powersAt);
    for (let power = leastPower; power <= mostPower; power++) {
      const bits = powerBits(power);
      powers[2 * (power - leastPower)] = bits >> 64n;
      powers[2 * (power - leastPower) + 1] = bits & 0xffff_ffff_ffff_ffffn;
    }
  }

  /** Copies heads in, unless they are there already. */
  #hold(heads: SampleHeads): void {
    if (this.#heads === heads) return;
    const ends = aligned(headsAt + heads.bytes.length);
    const v = aligned(ends + heads.ends.length * 4);
    const on = v + chunk * 8;
    const out = on + chunk;
    this.#kernel.reserve(out + chunk * (heads.longest + longestValue));
    const { buffer } = this.#kernel.memory;
    new Uint8Array(buffer).set(heads.bytes, headsAt);
    new Uint32Array(buffer, ends).set(heads.ends);
    this.#places = { ends, v, on, out };
    this.#heads = heads;
  }

  text(heads: SampleHeads, samples: Samples, from: number): Uint8Array {
    this.#hold(heads);
    const { ends, v, on, out } = this.#places;
    const { buffer } = this.#kernel.memory;
    const to = Math.min(samples.v.length, from + chunk);
    new Float64Array(buffer, v, chunk).set(samples.v.subarray(from, to));
    new Uint8Array(buffer, on, chunk).set(samples.on.subarray(from, to));
    const end = this.#write(to - from, on, v, headsAt, ends + 4 * from, powersAt, out);
    return new Uint8Array(buffer, out, end - out).slice();
  }
}

/** Values, and which of them are there. */
export interface Samples {
  readonly v: Float64Array;
  readonly on: Uint8Array;
}

let kernel: SampleKernel | undefined;

/**
 * JSON of samples, in pieces of some thousand: for each that is there a comma, its head, its value and `"]`. A value is written with the
 * shortest digits that give it back (Giulietti 2020), as ECMAScript's `String` writes it but for `-0`, `+Inf`, `-Inf` and exponents of
 * two digits at least, which are Go's.
 */
export function* sampleText(heads: SampleHeads, samples: Samples): Iterable<Uint8Array> {
  kernel ??= new SampleKernel();
  for (let from = 0; from < samples.v.length; from += chunk) yield kernel.text(heads, samples, from);
}
