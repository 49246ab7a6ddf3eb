import { isUtf8 } from 'node:buffer';
import type { KafkaRecord } from '../clients/kafka-reading.ts';
import type { Labels } from '../core/labels.ts';
import type { LogRecord, Refusal } from '../core/log.ts';

/** How values are read: `auto` takes what begins like a JSON object for one. */
export type ValueFormat = 'auto' | 'json' | 'text';

export interface ValueRules {
  readonly format: ValueFormat;
  /** A longer value is cut there; bytes. */
  readonly maxBytes: number;
}

/** A value as it is handed on, and what had to be refused or repaired for it. `record` is undefined where nothing is left. */
export interface ReadValue {
  readonly record: LogRecord | undefined;
  readonly refused: Refusal | undefined;
}

/** The longest beginning of at most `most` bytes that ends between two characters. */
function cut(value: Buffer, most: number): Buffer {
  let end = most;
  while (end > 0 && (value[end]! & 0xc0) === 0x80) end--;
  return value.subarray(0, end);
}

/** The object that a JSON text says; undefined where it is none. */
function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readText(text: string, base: Omit<LogRecord, 'text'>, format: ValueFormat): ReadValue {
  const line = text.replace(/\r?\n$/, '');
  const structured = format === 'json' || (format === 'auto' && /^\s*\{/.test(line));
  const fields = structured ? objectOf(line) : undefined;
  if (fields !== undefined) return { record: { ...base, text: '', fields }, refused: undefined };
  // What claims to be JSON and is not goes on as text: it may say why its writer broke.
  return { record: { ...base, text: line }, refused: structured ? 'invalid_json' : undefined };
}

/** One message as a log record. Tombstones, empty and binary values have none; the rest is cut or repaired, never lost. */
export function readValue({ value, t }: KafkaRecord, labels: Labels, rules: ValueRules): ReadValue {
  if (value === null || value.length === 0) return { record: undefined, refused: 'invalid_message' };
  const base = { labels, ...(t === undefined ? {} : { t }) };
  const long = value.length > rules.maxBytes;
  const kept = long ? cut(value, rules.maxBytes) : value;
  if (kept.includes(0)) return { record: undefined, refused: 'binary' };
  const valid = isUtf8(kept);
  const read = readText(kept.toString('utf8'), base, long ? 'text' : rules.format);
  if (long) return { ...read, refused: 'too_long' };
  return valid ? read : { ...read, refused: 'invalid_utf8' };
}
