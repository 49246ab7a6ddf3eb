/**
 * The block format of Snappy (google/snappy, format_description.txt): the length as a varint, then literals and copies of what
 * was written before. Blocks of 64 kB are packed apart, so that an offset fits in two bytes.
 */
const blockSize = 65_536;
const hashBits = 14;

const broken = (why: string) => new RangeError(`not a block of Snappy: ${why}`);

function lengthOf(bytes: Uint8Array): { readonly length: number; readonly at: number } {
  let length = 0;
  for (let at = 0; at < Math.min(5, bytes.length); at++) {
    length += (bytes[at]! & 127) * 2 ** (7 * at);
    if (bytes[at]! < 128) return { length, at: at + 1 };
  }
  throw broken('it has no length');
}

function little(bytes: Uint8Array, at: number, count: number): number {
  if (at + count > bytes.length) throw broken('it is cut off');
  let value = 0;
  for (let k = 0; k < count; k++) value += bytes[at + k]! * 2 ** (8 * k);
  return value;
}

/** Unpacks a block. Throws a RangeError for what is none, or unpacks to more than `most` bytes. */
export function unpackSnappy(bytes: Uint8Array, most: number): Uint8Array {
  const head = lengthOf(bytes);
  if (head.length > most)
    throw new RangeError(`it unpacks to ${head.length} bytes, at most ${most} are read`);
  const out = new Uint8Array(head.length);
  let { at } = head;
  let end = 0;
  while (at < bytes.length) {
    const tag = bytes[at++]!;
    if ((tag & 3) === 0) {
      const extra = Math.max(0, (tag >>> 2) - 59);
      const length = (extra === 0 ? tag >>> 2 : little(bytes, at, extra)) + 1;
      at += extra;
      if (at + length > bytes.length || end + length > out.length) throw broken('a literal is too long');
      out.set(bytes.subarray(at, at + length), end);
      at += length;
      end += length;
      continue;
    }
    const width = [0, 1, 2, 4][tag & 3]!;
    const near = width === 1 ? (tag >>> 5) * 256 : 0;
    const offset = near + little(bytes, at, width);
    const length = width === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    at += width;
    if (offset === 0 || offset > end || end + length > out.length) throw broken('a copy leads outside');
    for (let k = 0; k < length; k++, end++) out[end] = out[end - offset]!;
  }
  if (end !== out.length) throw broken(`${out.length} bytes were told, ${end} are there`);
  return out;
}

/** Bytes as they are packed; made for the worst case, as it never grows. */
class Packed {
  readonly bytes: Uint8Array;
  length = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(32 + size + Math.ceil(size / 6));
  }

  varint(value: number): void {
    let rest = value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.bytes[this.length++] = (rest & 127) | 128;
    this.bytes[this.length++] = rest;
  }

  /** What lies in `block` from `from` up to `to`. */
  literal(block: Uint8Array, from: number, to: number): void {
    if (from === to) return;
    const { bytes } = this;
    const last = to - from - 1;
    let at = this.length;
    if (last < 60) bytes[at++] = last << 2;
    else {
      const width = last < 256 ? 1 : 2;
      bytes[at++] = (59 + width) << 2;
      for (let k = 0; k < width; k++) bytes[at++] = (last >>> (8 * k)) & 255;
    }
    if (last < 64) for (let k = from; k < to; k++) bytes[at++] = block[k]!;
    else {
      bytes.set(block.subarray(from, to), at);
      at += last + 1;
    }
    this.length = at;
  }

  copy(offset: number, length: number): void {
    for (let rest = length; rest > 0; ) {
      const part = Math.min(64, rest);
      this.bytes[this.length++] = ((part - 1) << 2) | 2;
      this.bytes[this.length++] = offset & 255;
      this.bytes[this.length++] = offset >>> 8;
      rest -= part;
    }
  }
}

/** Greedy: the newest place with the same four bytes is extended as far as it goes. */
function packBlock(block: Uint8Array, out: Packed, seen: Uint16Array): void {
  seen.fill(0);
  let done = 0;
  let at = 1;
  while (at + 4 <= block.length) {
    const word = block[at]! | (block[at + 1]! << 8) | (block[at + 2]! << 16) | (block[at + 3]! << 24);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits);
    const before = seen[slot]!;
    seen[slot] = at;
    let length = 0;
    while (at + length < block.length && block[before + length] === block[at + length]) length++;
    if (length < 4) {
      // The longer nothing is found, the larger the steps: what cannot be packed costs little.
      at += 1 + ((at - done) >>> 5);
      continue;
    }
    out.literal(block, done, at);
    out.copy(at - before, length);
    at += length;
    done = at;
  }
  out.literal(block, done, block.length);
}

/** Packs bytes as one block. */
export function packSnappy(bytes: Uint8Array): Uint8Array {
  const out = new Packed(bytes.length);
  const seen = new Uint16Array(2 ** hashBits);
  out.varint(bytes.length);
  for (let from = 0; from < bytes.length; from += blockSize)
    packBlock(bytes.subarray(from, from + blockSize), out, seen);
  return out.bytes.subarray(0, out.length);
}
