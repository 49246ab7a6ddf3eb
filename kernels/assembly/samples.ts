// Samples as JSON, of kernels/sample-text.ts. Addresses are bytes.
//
// The digits are the shortest that give a double back, the closest of them to it: Schubfach (Giulietti, "The Schubfach way to
// render doubles", 2020, figure 4). With a value c 2^q, k = floor(log10 2^q) (of 3/4 2^q at a power of two) and g the 128 bits of
// 10^-k, rounded up, the ends and the middle of the interval that rounds to c are vl, v, vr = c' g 2^h, rounded to odd; the answer is
// the one multiple of 10^(k + 1) between them, or else of 10^k.

/** Powers of ten from 10^-292 on: high and low 64 bits each. */
const leastPower = -292;

// @ts-ignore: decorator
@inline
function high(a: u64, b: u64): u64 {
  const al = a & 0xffffffff, ah = a >> 32, bl = b & 0xffffffff, bh = b >> 32;
  const middle = ah * bl + ((al * bl) >> 32);
  const other = al * bh + (middle & 0xffffffff);
  return ah * bh + (middle >> 32) + (other >> 32);
}

// @ts-ignore: decorator
@inline
function roundToOdd(gHigh: u64, gLow: u64, c: u64): u64 {
  const x = high(gLow, c);
  const low = gHigh * c + x;
  const carry = u64(low < x);
  return (high(gHigh, c) + carry) | u64(low > 1);
}

let exponent: i32 = 0;

/** The digits of a positive finite value as an integer; 10 to the power of `exponent` goes with it. */
function digitsOf(bits: u64, powers: usize): u64 {
  const fraction = bits & 0xfffffffffffff;
  const biased = i32(bits >> 52) & 0x7ff;
  const c = biased == 0 ? fraction : fraction | 0x10000000000000;
  const q = (biased == 0 ? 1 : biased) - 1075;
  if (biased != 0 && q <= 0 && -q < 53 && (c & ((<u64>1 << -q) - 1)) == 0) {
    exponent = 0;
    return c >> -q;
  }
  const closer = fraction == 0 && biased > 1;
  const k = (q * 1262611 - (closer ? 524031 : 0)) >> 22;
  const h = q + ((-k * 1741647) >> 19) + 1;
  const at = powers + (<usize>(-k - leastPower) << 4);
  const gHigh = load<u64>(at), gLow = load<u64>(at, 8);
  const odd = c & 1;
  const lower = roundToOdd(gHigh, gLow, (4 * c - 2 + u64(closer)) << h) + odd;
  const v = roundToOdd(gHigh, gLow, (4 * c) << h);
  const upper = roundToOdd(gHigh, gLow, (4 * c + 2) << h) - odd;
  const s = v >> 2;
  if (s >= 10) {
    const sp = s / 10;
    const below = lower <= 40 * sp, above = 40 * sp + 40 <= upper;
    if (below != above) {
      exponent = k + 1;
      return sp + u64(above);
    }
  }
  exponent = k;
  const below = lower <= 4 * s, above = 4 * s + 4 <= upper;
  if (below != above) return s + u64(above);
  const middle = 4 * s + 2;
  return s + u64(v > middle || (v == middle && (s & 1) != 0));
}

/** Room for the 17 digits of one value. */
const scratchEnd: usize = 32;

function zeros(out: usize, count: i32): usize {
  for (let i = 0; i < count; i++) store<u8>(out + i, 0x30);
  return out + count;
}

function putExponent(out: usize, power: i32): usize {
  store<u8>(out, 0x65);
  store<u8>(out, power < 0 ? 0x2d : 0x2b, 1);
  const size = power < 0 ? -power : power;
  let at = out + 2;
  if (size >= 100) store<u8>(at++, 0x30 + u8(size / 100));
  store<u8>(at, 0x30 + u8((size / 10) % 10));
  store<u8>(at, 0x30 + u8(size % 10), 1);
  return at + 2;
}

/** `count` digits that end at `scratchEnd`, the first of them before the point `point` places on, or with an exponent. */
function layOut(out: usize, count: i32, point: i32): usize {
  const digits = scratchEnd - count;
  if (point <= -6 || point > 21) {
    store<u8>(out, load<u8>(digits));
    if (count == 1) return putExponent(out + 1, point - 1);
    store<u8>(out, 0x2e, 1);
    memory.copy(out + 2, digits + 1, count - 1);
    return putExponent(out + 1 + count, point - 1);
  }
  if (point <= 0) {
    store<u16>(out, 0x2e30);
    const at = zeros(out + 2, -point);
    memory.copy(at, digits, count);
    return at + count;
  }
  if (point >= count) {
    memory.copy(out, digits, count);
    return zeros(out + count, point - count);
  }
  memory.copy(out, digits, point);
  store<u8>(out + point, 0x2e);
  memory.copy(out + point + 1, digits + point, count - point);
  return out + count + 1;
}

function putText(out: usize, text: u32, length: i32): usize {
  store<u32>(out, text);
  return out + length;
}

function putNumber(start: usize, value: f64, powers: usize): usize {
  let out = start;
  if (value != value) return putText(out, 0x4e614e, 3);
  const bits = reinterpret<u64>(value);
  const negative = bits >> 63 != 0;
  const size = bits & 0x7fffffffffffffff;
  if (size == 0x7ff0000000000000) return putText(out, negative ? 0x666e492d : 0x666e492b, 4);
  if (negative) store<u8>(out++, 0x2d);
  if (size == 0) return putText(out, 0x30, 1);
  let digits = digitsOf(size, powers);
  let power = exponent;
  while (digits % 10 == 0) {
    digits /= 10;
    power++;
  }
  let at = scratchEnd;
  while (digits > 0xffffffff) {
    store<u8>(--at, 0x30 + u8(digits % 10));
    digits /= 10;
  }
  let rest = u32(digits);
  while (rest > 0) {
    store<u8>(--at, 0x30 + u8(rest % 10));
    rest /= 10;
  }
  const count = i32(scratchEnd - at);
  return layOut(out, count, count + power);
}

/**
 * Writes the samples that are there (`on`) to `out`, a comma before each: what stands at `heads` for it, from `ends[i]` to
 * `ends[i + 1]`, its value, and the end of its pair. Answers where the text ends.
 */
export function write(
  count: i32,
  on: usize,
  v: usize,
  heads: usize,
  ends: usize,
  powers: usize,
  out: usize,
): usize {
  let at = out;
  for (let i = 0; i < count; i++) {
    if (load<u8>(on + i) == 0) continue;
    store<u8>(at++, 0x2c);
    const from = load<u32>(ends + (<usize>i << 2));
    const length = load<u32>(ends + (<usize>i << 2), 4) - from;
    memory.copy(at, heads + from, length);
    at = putNumber(at + length, load<f64>(v + (<usize>i << 3)), powers);
    store<u16>(at, 0x5d22);
    at += 2;
  }
  return at;
}
