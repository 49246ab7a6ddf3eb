/** One field of a message: an integer (varint, 64 bits), or bytes (a string, bytes, a message, packed integers). */
export type ProtobufField =
  | { readonly number: number; readonly integer: bigint; readonly bytes?: undefined }
  | { readonly number: number; readonly bytes: Uint8Array; readonly integer?: undefined };

const broken = (why: string) => new RangeError(`not a protobuf message: ${why}`);

/** An integer that begins at `at`, and where the next thing begins. */
function varint(bytes: Uint8Array, at: number): { readonly value: bigint; readonly next: number } {
  let value = 0n;
  for (let k = 0; k < 10; k++) {
    const byte = bytes[at + k];
    if (byte === undefined) throw broken('an integer is cut off');
    value |= BigInt(byte & 127) << BigInt(7 * k);
    if (byte < 128) return { value: BigInt.asUintN(64, value), next: at + k + 1 };
  }
  throw broken('an integer is longer than ten bytes');
}

/** The integers of a packed field. Throws a RangeError for broken bytes. */
export function packedIntegers(bytes: Uint8Array): bigint[] {
  const out: bigint[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, next } = varint(bytes, at);
    out.push(value);
    at = next;
  }
  return out;
}

/** The fields of a message in their order; fixed-width ones are passed over, as no message that we read has any. Throws a RangeError for broken bytes. */
export function* protobufFields(bytes: Uint8Array): Generator<ProtobufField> {
  let at = 0;
  const skip = (count: number): void => {
    at += count;
    if (at > bytes.length) throw broken('a field is cut off');
  };
  while (at < bytes.length) {
    const key = varint(bytes, at);
    const number = Number(key.value >> 3n);
    const wire = Number(key.value & 7n);
    if (number === 0) throw broken('a field has the number 0');
    at = key.next;
    if (wire === 1) skip(8);
    else if (wire === 5) skip(4);
    else if (wire === 0 || wire === 2) {
      const { value, next } = varint(bytes, at);
      at = next;
      if (wire === 0) yield { number, integer: value };
      else {
        if (value > BigInt(bytes.length)) throw broken('a field is cut off');
        skip(Number(value));
        yield { number, bytes: bytes.subarray(at - Number(value), at) };
      }
    } else throw broken(`a field has the wire type ${wire}`);
  }
}

/** How many bytes an integer from 0 to 2^53 takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let over = 128; value >= over; over *= 128) size++;
  return size;
}

const low28 = 2 ** 28;

/** Writes a message into bytes of a known size. */
export class ProtobufWriter {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(size: number) {
    this.bytes = new Uint8Array(size);
    this.#view = new DataView(this.bytes.buffer);
  }

  /** An integer from 0 to 2^53. */
  varint(value: number): void {
    let rest = value;
    // Shifts take 32 bits: of a time in ms the lower 28 first.
    if (value >= low28) {
      let low = value % low28;
      for (let k = 0; k < 4; k++, low >>>= 7) this.bytes[this.#at++] = (low & 127) | 128;
      rest = Math.floor(value / low28);
    }
    for (; rest > 127; rest >>>= 7) this.bytes[this.#at++] = (rest & 127) | 128;
    this.bytes[this.#at++] = rest;
  }

  /** An int64, which takes ten bytes when it is negative. */
  int64(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 127n; rest >>= 7n) this.bytes[this.#at++] = Number(rest & 127n) | 128;
    this.bytes[this.#at++] = Number(rest);
  }

  double(value: number): void {
    this.#view.setFloat64(this.#at, value, true);
    this.#at += 8;
  }

  /** Eight bytes as they are. */
  fixed64(bits: bigint): void {
    this.#view.setBigUint64(this.#at, bits, true);
    this.#at += 8;
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }
}
