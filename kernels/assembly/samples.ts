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
  const scaled = (4 * c) << h;
  const part = gHigh * scaled, mid = part + high(gLow, scaled);
  const top = high(gHigh, scaled) + u64(mid < part), bottom = gLow * scaled;
  const v = top | u64(mid > 1);
  // Both ends are the product less, and more, g 2^(h + 1): additions in place of two products.
  const up = h + 1, down = up - i32(closer);
  const subHigh = gHigh >> (64 - down), subMid = (gHigh << down) | (gLow >> (64 - down)), subLow = gLow << down;
  const borrow = u64(bottom < subLow);
  const lessMid = mid - subMid, restMid = lessMid - borrow;
  const restTop = top - subHigh - u64(mid < subMid) - u64(lessMid < borrow);
  const lower = (restTop | u64(restMid > 1)) + odd;
  const addLow = gLow << up, addMid = (gHigh << up) | (gLow >> (64 - up)), addHigh = gHigh >> (64 - up);
  const carry = u64(bottom + addLow < addLow);
  const moreMid = mid + addMid, sumMid = moreMid + carry;
  const sumTop = top + addHigh + u64(moreMid < addMid) + u64(sumMid < carry);
  const upper = (sumTop | u64(sumMid > 1)) - odd;
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

/** Room for the digits of one value, right aligned, and as much behind it as may be copied too far. */
const scratchEnd: usize = 32;

/** Copies some 8 bytes more than asked for at most: a call of memory.copy costs more than all of these. */
// @ts-ignore: decorator
@inline
function copyWords(to: usize, from: usize, length: i32): void {
  for (let i: usize = 0; i < <usize>length; i += 8) store<u64>(to + i, load<u64>(from + i));
}

/** The eight digits of a number below 10^8, a byte each, the first of them lowest. */
// @ts-ignore: decorator
@inline
function eightDigits(value: u32): u64 {
  const fours = u64(value / 10000) | (u64(value % 10000) << 32);
  const hundreds = ((fours * 10486) >> 20) & 0x7f0000007f;
  const twos = hundreds | ((fours - 100 * hundreds) << 16);
  const tens = ((twos * 103) >> 10) & 0xf000f000f000f;
  return tens | ((twos - 10 * tens) << 8);
}

// @ts-ignore: decorator
@inline
function byHundredMillion(value: u64): u64 {
  return high(value, 0xabcc77118461cefd) >> 26;
}

const zeroTexts: u64 = 0x3030303030303030;

/** Puts the digits before `scratchEnd`; answers where the first is, above it the place behind the last that is not 0. */
function putDigits(digits: u64): u64 {
  const upper = byHundredMillion(digits);
  const top = byHundredMillion(upper);
  const low = eightDigits(u32(digits - upper * 100000000));
  const mid = eightDigits(u32(upper - top * 100000000));
  store<u64>(scratchEnd - 8, low | zeroTexts);
  store<u64>(scratchEnd - 16, mid | zeroTexts);
  let first = scratchEnd - 16;
  for (let rest = u32(top); rest > 0; rest /= 10) store<u8>(--first, 0x30 + u8(rest % 10));
  if (top == 0) first = mid != 0 ? first + <usize>(ctz(mid) >> 3) : first + 8 + <usize>(ctz(low) >> 3);
  let end = scratchEnd - 16;
  if (low != 0) end += 16 - <usize>(clz(low) >> 3);
  else if (mid != 0) end += 8 - <usize>(clz(mid) >> 3);
  else while (load<u8>(end - 1) == 0x30) end--;
  return u64(first) | (u64(end) << 32);
}

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

/** `count` digits, the first of them before the point `point` places on, or with an exponent. */
function layOut(out: usize, digits: usize, count: i32, point: i32): usize {
  if (point <= -6 || point > 21) {
    store<u8>(out, load<u8>(digits));
    if (count == 1) return putExponent(out + 1, point - 1);
    store<u8>(out, 0x2e, 1);
    copyWords(out + 2, digits + 1, count - 1);
    return putExponent(out + 1 + count, point - 1);
  }
  if (point <= 0) {
    store<u16>(out, 0x2e30);
    const at = zeros(out + 2, -point);
    copyWords(at, digits, count);
    return at + count;
  }
  if (point >= count) {
    copyWords(out, digits, count);
    return zeros(out + count, point - count);
  }
  copyWords(out, digits, point);
  store<u8>(out + point, 0x2e);
  copyWords(out + point + 1, digits + point, count - point);
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
  const places = putDigits(digitsOf(size, powers));
  const first = i32(places), end = i32(places >> 32);
  return layOut(out, first, end - first, i32(scratchEnd) - first + exponent);
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
    copyWords(at, heads + from, length);
    at = putNumber(at + length, load<f64>(v + (<usize>i << 3)), powers);
    store<u16>(at, 0x5d22);
    at += 2;
  }
  return at;
}
