import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { decode, decodeMulti, ExtensionCodec } from '@msgpack/msgpack';
import type { Labels } from '../core/labels.ts';
import type { LogRecord } from '../core/log.ts';
import { headerSize, payloadOf } from './msgpack-framer.ts';

/** A message that is no message of the protocol: what is wrong with it. */
export class MessageError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'MessageError';
  }
}

/** A message of any of the four modes. */
export interface FluentMessage {
  readonly records: readonly LogRecord[];
  /** What the sender wants back when the message is safe. */
  readonly chunk: string | Uint8Array | undefined;
  /** Entries that are none: a time or a record is missing. */
  readonly wrong: number;
}

/** What a message is read with. */
export interface MessageContext {
  readonly mostBytes: number;
  labelsOf(tag: string): Labels;
}

const codec = new ExtensionCodec();
codec.register({
  type: 0,
  encode: () => null,
  // EventTime: seconds and nanoseconds, both 32 bits.
  decode(data) {
    if (data.length !== 8) return undefined;
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    return new Date(view.getUint32(0) * 1000 + Math.floor(view.getUint32(4) / 1e6));
  },
});
const settings = { extensionCodec: codec };
const inflate = promisify(gunzip);

/** Time in ms: EventTime, seconds, or either of them with metadata beside it. */
function timeOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  if (typeof value === 'number' && Number.isFinite(value)) return value * 1000;
  return Array.isArray(value) ? timeOf(value[0]) : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\r?\n$/, '') : '';
}

/** The record of one event; undefined when it is none. Strings that were sent as bytes are strings again. */
function recordOf(time: unknown, fields: unknown, labels: Labels): LogRecord | undefined {
  const t = timeOf(time);
  if (t === undefined || !isRecord(fields)) return undefined;
  for (const key in fields) {
    const value = fields[key];
    if (value instanceof Uint8Array) fields[key] = Buffer.from(value).toString('utf8');
  }
  return { text: textOf(fields.log ?? fields.message), fields, t, labels };
}

/** The bytes of the second value of an array, where it was sent as a string: decoded as text they would be lost. */
function secondBytes(message: Buffer): Buffer {
  let at = headerSize(message[0]!);
  const next = () => {
    const header = headerSize(message[at]!);
    const from = at + header;
    at = from + payloadOf(message.subarray(at, from));
    return message.subarray(from, at);
  };
  next();
  return next();
}

async function unpacked(bytes: Uint8Array, compressed: unknown, mostBytes: number): Promise<unknown[]> {
  if (compressed !== undefined && compressed !== 'gzip' && compressed !== 'text')
    throw new MessageError(`compressed as ${String(compressed).slice(0, 40)}: gzip is understood`);
  const plain = compressed === 'gzip' ? await inflate(bytes, { maxOutputLength: mostBytes }) : bytes;
  return [...decodeMulti(new Uint8Array(plain), settings)];
}

interface Parts {
  readonly entries: readonly unknown[];
  readonly option: unknown;
}

async function partsOf(message: Buffer, parts: readonly unknown[], mostBytes: number): Promise<Parts> {
  const [, second, third, fourth] = parts;
  if (Array.isArray(second)) return { entries: second, option: third };
  if (typeof second === 'string' || second instanceof Uint8Array) {
    const bytes = second instanceof Uint8Array ? second : secondBytes(message);
    const compressed = isRecord(third) ? third.compressed : undefined;
    return { entries: await unpacked(bytes, compressed, mostBytes), option: third };
  }
  return { entries: [[second, third]], option: fourth };
}

function chunkOf(option: unknown): string | Uint8Array | undefined {
  const chunk = isRecord(option) ? option.chunk : undefined;
  return typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : undefined;
}

function tagOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  throw new MessageError('a message without a tag');
}

/** Reads one whole message. Rejects with a MessageError when it is none; wrong entries of a good one are counted only. */
export async function readMessage(
  message: Buffer,
  { mostBytes, labelsOf }: MessageContext,
): Promise<FluentMessage> {
  try {
    const parts = decode(message, settings);
    if (!Array.isArray(parts) || parts.length < 2) throw new MessageError('a message without entries');
    const labels = labelsOf(tagOf(parts[0]));
    const { entries, option } = await partsOf(message, parts, mostBytes);
    const records: LogRecord[] = [];
    for (const entry of entries) {
      const record = Array.isArray(entry) ? recordOf(entry[0], entry[1], labels) : undefined;
      if (record !== undefined) records.push(record);
    }
    return { records, chunk: chunkOf(option), wrong: entries.length - records.length };
  } catch (error) {
    if (error instanceof MessageError) throw error;
    throw new MessageError(error instanceof Error ? error.message : String(error), error);
  }
}
