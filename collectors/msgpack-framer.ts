/** The bytes are no MessagePack, or more than is allowed. */
export class FramingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FramingError';
  }
}

/** Sizes of the values whose first byte says all, from 0xc0 on (MessagePack specification, "Formats"); -1: has a length. */
const plain = [0, -1, 0, 0, -1, -1, -1, -1, -1, -1, 4, 8, 1, 2, 4, 8, 1, 2, 4, 8, 2, 3, 5, 9, 17];

/** How many bytes the header of a value has, by its first byte. */
export function headerSize(first: number): number {
  if (first < 0xc4 || first >= 0xe0) return 1;
  if (first <= 0xc6) return 2 ** (first - 0xc4) + 1;
  if (first <= 0xc9) return 2 ** (first - 0xc7) + 1;
  if (first <= 0xd8) return 1;
  if (first <= 0xdb) return 2 ** (first - 0xd9) + 1;
  return first % 2 === 0 ? 3 : 5;
}

function lengthOf(header: Uint8Array): number {
  const size = headerSize(header[0]!) - 1;
  let length = 0;
  for (let i = 1; i <= size; i++) length = length * 256 + header[i]!;
  return length;
}

/** How many bytes of its own follow the header of a value. Throws a FramingError for the byte that is never used. */
export function payloadOf(header: Uint8Array): number {
  const first = header[0]!;
  if (first === 0xc1) throw new FramingError('0xc1 is no MessagePack');
  if (first < 0xa0 || first >= 0xdc) return 0;
  if (first < 0xc0) return first & 31;
  if (first >= 0xd9) return lengthOf(header);
  const known = plain[first - 0xc0]!;
  if (known >= 0) return known;
  return lengthOf(header) + (first >= 0xc7 ? 1 : 0);
}

/** How many values lie in one. */
function childrenOf(header: Uint8Array): number {
  const first = header[0]!;
  if (first >= 0x80 && first <= 0x8f) return 2 * (first & 15);
  if (first >= 0x90 && first <= 0x9f) return first & 15;
  if (first < 0xdc || first > 0xdf) return 0;
  return lengthOf(header) * (first >= 0xde ? 2 : 1);
}

function isArray(first: number): boolean {
  return (first >= 0x90 && first <= 0x9f) || first === 0xdc || first === 0xdd;
}

/** What bytes gave: whole messages, and why nothing more can be read after them. */
export interface Framed {
  readonly messages: readonly Buffer[];
  readonly error?: FramingError;
}

/**
 * Cuts a stream of MessagePack arrays into whole messages, without decoding them. Holds one message at most, of `most`
 * bytes at most; fed chunk by chunk, however they are cut. After an error it is of no use any more.
 */
export class MessageFramer {
  readonly #most: number;
  readonly #header = new Uint8Array(5);
  #headerLength = 0;
  /** Values of the message that are still to come, and bytes of the value that is being read. */
  #values = 0;
  #bytes = 0;
  #length = 0;
  #pieces: Buffer[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** True when a message has begun and is not whole. */
  get partial(): boolean {
    return this.#length > 0;
  }

  push(chunk: Buffer): Framed {
    const messages: Buffer[] = [];
    try {
      let start = 0;
      for (let at = 0; at < chunk.length; ) {
        at = this.#step(chunk, at);
        if (!this.#whole) continue;
        this.#pieces.push(chunk.subarray(start, at));
        messages.push(this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces));
        this.#pieces = [];
        this.#length = 0;
        start = at;
      }
      if (start < chunk.length) this.#pieces.push(chunk.subarray(start));
      return { messages };
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      return { messages, error };
    }
  }

  get #whole(): boolean {
    return this.#length > 0 && this.#values === 0 && this.#bytes === 0 && this.#headerLength === 0;
  }

  /** Goes on over some bytes of one value; answers where it stopped. */
  #step(chunk: Buffer, at: number): number {
    if (this.#bytes > 0) {
      const skipped = Math.min(this.#bytes, chunk.length - at);
      this.#bytes -= skipped;
      this.#grow(skipped);
      return at + skipped;
    }
    const byte = chunk[at]!;
    if (this.#length === 0) {
      if (!isArray(byte)) throw new FramingError(`a message begins with ${byte}, which is no array`);
      this.#values = 1;
    }
    this.#header[this.#headerLength++] = byte;
    this.#grow(1);
    if (this.#headerLength === headerSize(this.#header[0]!)) this.#open();
    return at + 1;
  }

  #open(): void {
    this.#headerLength = 0;
    this.#bytes = payloadOf(this.#header);
    this.#values += childrenOf(this.#header) - 1;
    this.#check(this.#length + this.#bytes + this.#values);
  }

  #grow(by: number): void {
    this.#length += by;
    this.#check(this.#length);
  }

  #check(size: number): void {
    if (size > this.#most) throw new FramingError(`a message of more than ${this.#most} bytes`);
  }
}
