// Matrix and cell operations of kernels/lstm-kernels.ts on float32, four lanes at a time. Addresses and strides are
// bytes; widths are multiples of eight values, row counts are any.

// @ts-ignore: decorator
@inline
function accumulate(sum: v128, factor: v128, row: v128): v128 {
  return f32x4.add(sum, f32x4.mul(factor, row));
}

/**
 * C = S + A B, rows x width, over `depth` products. A is read with the strides `aRow` and `aStep`, so that its transpose
 * needs no copy; S has the stride `sRow`: that of C to accumulate (S = C), 0 for the same row under each. Tiles of four rows
 * by eight columns stay in registers; the rows that are left go one by one, each summed in the same order.
 */
export function multiply(
  rows: i32,
  width: i32,
  depth: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  s: usize,
  sRow: usize,
  c: usize,
): void {
  const row = <usize>width << 2;
  let i = 0;
  for (; i + 3 < rows; i += 4) {
    for (let j: usize = 0; j < row; j += 32) {
      let p = s + j;
      let c00 = v128.load(p), c01 = v128.load(p, 16);
      p += sRow;
      let c10 = v128.load(p), c11 = v128.load(p, 16);
      p += sRow;
      let c20 = v128.load(p), c21 = v128.load(p, 16);
      p += sRow;
      let c30 = v128.load(p), c31 = v128.load(p, 16);
      let a0 = a, a1 = a + aRow, a2 = a1 + aRow, a3 = a2 + aRow;
      let q = b + j;
      for (let k = 0; k < depth; k++) {
        const b0 = v128.load(q), b1 = v128.load(q, 16);
        let f = v128.load32_splat(a0);
        c00 = accumulate(c00, f, b0);
        c01 = accumulate(c01, f, b1);
        f = v128.load32_splat(a1);
        c10 = accumulate(c10, f, b0);
        c11 = accumulate(c11, f, b1);
        f = v128.load32_splat(a2);
        c20 = accumulate(c20, f, b0);
        c21 = accumulate(c21, f, b1);
        f = v128.load32_splat(a3);
        c30 = accumulate(c30, f, b0);
        c31 = accumulate(c31, f, b1);
        a0 += aStep;
        a1 += aStep;
        a2 += aStep;
        a3 += aStep;
        q += row;
      }
      p = c + j;
      v128.store(p, c00);
      v128.store(p, c01, 16);
      p += row;
      v128.store(p, c10);
      v128.store(p, c11, 16);
      p += row;
      v128.store(p, c20);
      v128.store(p, c21, 16);
      p += row;
      v128.store(p, c30);
      v128.store(p, c31, 16);
    }
    a += aRow << 2;
    s += sRow << 2;
    c += row << 2;
  }
  for (; i < rows; i++) {
    for (let j: usize = 0; j < row; j += 32) {
      let c0 = v128.load(s + j), c1 = v128.load(s + j, 16);
      let p = a;
      let q = b + j;
      for (let k = 0; k < depth; k++) {
        const f = v128.load32_splat(p);
        c0 = accumulate(c0, f, v128.load(q));
        c1 = accumulate(c1, f, v128.load(q, 16));
        p += aStep;
        q += row;
      }
      v128.store(c + j, c0);
      v128.store(c + j, c1, 16);
    }
    a += aRow;
    s += sRow;
    c += row;
  }
}

// Splats stand in memory: written as constants they are made anew at each use.
const lanes = memory.data<f32>([
  40.0, 40.0, 40.0, 40.0,
  -40.0, -40.0, -40.0, -40.0,
  12582912.0, 12582912.0, 12582912.0, 12582912.0,
  1.0, 1.0, 1.0, 1.0,
  0.693146967, 0.693146967, 0.693146967, 0.693146967,
  0.240221197, 0.240221197, 0.240221197, 0.240221197,
  0.0555071328, 0.0555071328, 0.0555071328, 0.0555071328,
  0.00967554131, 0.00967554131, 0.00967554131, 0.00967554131,
  0.0013276469, 0.0013276469, 0.0013276469, 0.0013276469,
], 16);

/** The first byte that is free for matrices. */
export function origin(): usize {
  return (__heap_base + 63) & ~63;
}

// scale / (1 + e^-x) + shift, with `factor` = -log2 e: the sigmoid with scale 1 and shift 0, tanh with twice the factor,
// scale 2 and shift -1. e^-x = 2^y, |y| <= 40 (beyond it both are flat in float32), y = n + r, |r| <= 1/2: adding
// 1.5 x 2^23 rounds to n and leaves it in the low bits, from where it goes into the exponent; 2^r is a minimax polynomial
// (relative error 1e-7), summed in pairs (Estrin) to keep the chain of dependent steps short.
// @ts-ignore: decorator
@inline
function squash(x: v128, factor: v128, scale: v128, shift: v128): v128 {
  const y = f32x4.pmax(f32x4.pmin(f32x4.mul(x, factor), v128.load(lanes)), v128.load(lanes, 16));
  const rounded = f32x4.add(y, v128.load(lanes, 32));
  const r = f32x4.sub(y, f32x4.sub(rounded, v128.load(lanes, 32)));
  const square = f32x4.mul(r, r);
  const low = accumulate(v128.load(lanes, 48), v128.load(lanes, 64), r);
  const mid = accumulate(v128.load(lanes, 80), v128.load(lanes, 96), r);
  const high = accumulate(v128.load(lanes, 112), v128.load(lanes, 128), r);
  const p = accumulate(low, square, accumulate(mid, square, high));
  const e = i32x4.add(p, i32x4.shl(rounded, 23));
  return f32x4.add(f32x4.div(scale, f32x4.add(v128.load(lanes, 48), e)), shift);
}

const log2e: f32 = 1.44269504;

// Squashes the values from `from` to `end` in place, two vectors at a time: what does not depend on each other overlaps.
// @ts-ignore: decorator
@inline
function squashGates(from: usize, end: usize, factor: v128, scale: v128, shift: v128): void {
  for (let p = from; p < end; p += 32) {
    const a = squash(v128.load(p), factor, scale, shift);
    const b = squash(v128.load(p, 16), factor, scale, shift);
    v128.store(p, a);
    v128.store(p, b, 16);
  }
}

/**
 * One step of a cell. `g` holds the four gates of each row before their functions (input, forget, candidate, output) and
 * after: c = f c' + i u, h = o tanh(c), tanh(c) into `t`. The rows of `h` are `hRow` apart. `c` may be `before`.
 */
export function cell(
  rows: i32,
  hidden: i32,
  g: usize,
  before: usize,
  c: usize,
  t: usize,
  h: usize,
  hRow: usize,
): void {
  const size = <usize>hidden << 2;
  const one = f32x4.splat(1.0), zero = f32x4.splat(0.0), two = f32x4.splat(2.0), minus = f32x4.splat(-1.0);
  const single = f32x4.splat(-log2e), twice = f32x4.splat(-2 * log2e);
  for (let row = 0; row < rows; row++) {
    squashGates(g, g + 2 * size, single, one, zero);
    squashGates(g + 2 * size, g + 3 * size, twice, two, minus);
    squashGates(g + 3 * size, g + 4 * size, single, one, zero);
    for (let j: usize = 0; j < size; j += 16) {
      const p = g + j;
      const forget = f32x4.mul(v128.load(p + size), v128.load(before + j));
      v128.store(c + j, accumulate(forget, v128.load(p), v128.load(p + 2 * size)));
    }
    for (let j: usize = 0; j < size; j += 32) {
      const o = g + 3 * size + j;
      const a = squash(v128.load(c + j), twice, two, minus);
      const b = squash(v128.load(c + j, 16), twice, two, minus);
      v128.store(t + j, a);
      v128.store(t + j, b, 16);
      v128.store(h + j, f32x4.mul(v128.load(o), a));
      v128.store(h + j, f32x4.mul(v128.load(o, 16), b), 16);
    }
    g += 4 * size;
    before += size;
    c += size;
    t += size;
    h += hRow;
  }
}

/** The way back through `cell`: turns the gates `g` into the gradients before their functions, and `dc` into that of c'. */
export function cellBack(
  rows: i32,
  hidden: i32,
  g: usize,
  before: usize,
  t: usize,
  dh: usize,
  dc: usize,
): void {
  const size = <usize>hidden << 2;
  const one = f32x4.splat(1.0);
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < size; j += 16) {
      const p = g + j;
      const i = v128.load(p);
      const f = v128.load(p + size);
      const u = v128.load(p + 2 * size);
      const o = v128.load(p + 3 * size);
      const squashed = v128.load(t + j);
      const d = v128.load(dh + j);
      const slope = f32x4.sub(one, f32x4.mul(squashed, squashed));
      const e = f32x4.add(v128.load(dc + j), f32x4.mul(f32x4.mul(d, o), slope));
      v128.store(p, f32x4.mul(f32x4.mul(e, u), f32x4.mul(i, f32x4.sub(one, i))));
      v128.store(p + size, f32x4.mul(f32x4.mul(e, v128.load(before + j)), f32x4.mul(f, f32x4.sub(one, f))));
      v128.store(p + 2 * size, f32x4.mul(f32x4.mul(e, i), f32x4.sub(one, f32x4.mul(u, u))));
      v128.store(p + 3 * size, f32x4.mul(f32x4.mul(d, squashed), f32x4.mul(o, f32x4.sub(one, o))));
      v128.store(dc + j, f32x4.mul(e, f));
    }
    g += 4 * size;
    before += size;
    t += size;
    dh += size;
    dc += size;
  }
}

/** Adds each of `rows` rows of `width` values at `from` to the one at `to`. */
export function addRows(rows: i32, width: i32, from: usize, to: usize): void {
  const size = <usize>width << 2;
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < size; j += 16)
      v128.store(to + j, f32x4.add(v128.load(to + j), v128.load(from + j)));
    from += size;
  }
}

/** Puts `rows` rows of `width` values, `stride` apart, within +-limit, and 0 where a value is NaN. */
export function clean(rows: i32, width: i32, stride: usize, at: usize, limit: f32): void {
  const size = <usize>width << 2;
  const high = f32x4.splat(limit), low = f32x4.splat(-limit);
  for (let row = 0; row < rows; row++) {
    for (let j: usize = 0; j < size; j += 16) {
      const x = v128.load(at + j);
      const bounded = f32x4.pmin(f32x4.pmax(x, low), high);
      v128.store(at + j, v128.and(bounded, f32x4.eq(x, x)));
    }
    at += stride;
  }
}
