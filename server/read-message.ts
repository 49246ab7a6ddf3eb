import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import type { Matcher } from '../promql/ast.ts';
import { ProtobufWriter, packedIntegers, protobufFields, varintSize } from './protobuf.ts';

/** One query of a remote read: times in ms, both ends included, narrowed to what its hints say that it looks at. */
export interface ReadQuery {
  readonly start: number;
  readonly end: number;
  readonly matchers: readonly Matcher[];
}

/** A remote read; `accepted` are the numbers of the response types that the reader knows, none = sampled. */
export interface ReadRequest {
  readonly queries: readonly ReadQuery[];
  readonly accepted: readonly number[];
}

const ops = ['=', '!=', '=~', '!~'] as const;
const utf8 = new TextDecoder('utf-8', { fatal: true });

function text(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RangeError('a name or a value is no UTF-8');
  }
}

const signed = (value: bigint) => Number(BigInt.asIntN(64, value));

function readMatcher(bytes: Uint8Array): Matcher {
  let type = 0;
  let label = '';
  let value = '';
  for (const field of protobufFields(bytes)) {
    if (field.number === 1 && field.integer !== undefined) type = signed(field.integer);
    if (field.number === 2 && field.bytes !== undefined) label = text(field.bytes);
    if (field.number === 3 && field.bytes !== undefined) value = text(field.bytes);
  }
  const op = ops[type];
  if (op === undefined) throw new RangeError(`${type} is no type of a matcher: there are 0 to 3`);
  return { label, op, value, at: 0 };
}

interface Span {
  start: number;
  end: number;
}

/** The times that a reader's hints name: it asks once for all parts of a query, of which each looks at a time of its own. */
function hintedSpan(hints: Uint8Array): Span | undefined {
  const span = { start: 0, end: 0 };
  for (const { number, integer } of protobufFields(hints)) {
    if (number === 3 && integer !== undefined) span.start = signed(integer);
    if (number === 4 && integer !== undefined) span.end = signed(integer);
  }
  return span.start === 0 && span.end === 0 ? undefined : span;
}

function readQuery(bytes: Uint8Array): ReadQuery {
  const matchers: Matcher[] = [];
  const span: Span = { start: 0, end: 0 };
  let hinted: Span | undefined;
  for (const { number, integer, bytes: inner } of protobufFields(bytes)) {
    if (number === 1 && integer !== undefined) span.start = signed(integer);
    if (number === 2 && integer !== undefined) span.end = signed(integer);
    if (number === 3 && inner !== undefined) matchers.push(readMatcher(inner));
    if (number === 4 && inner !== undefined) hinted = hintedSpan(inner);
  }
  if (hinted === undefined) return { ...span, matchers };
  const { start, end } = hinted;
  return { start: Math.max(span.start, start), end: Math.min(span.end, end), matchers };
}

/** Reads `prometheus.ReadRequest`. Throws a RangeError for other bytes. */
export function readRequest(bytes: Uint8Array): ReadRequest {
  const queries: ReadQuery[] = [];
  const accepted: number[] = [];
  for (const { number, integer, bytes: inner } of protobufFields(bytes)) {
    if (number === 1 && inner !== undefined) queries.push(readQuery(inner));
    if (number === 2 && integer !== undefined) accepted.push(signed(integer));
    if (number === 2 && inner !== undefined)
      for (const each of packedIntegers(inner)) accepted.push(signed(each));
  }
  return { queries, accepted };
}

/** Key, length and content of an embedded message or string, all of whose fields here have numbers below 16. */
const embedded = (length: number) => 1 + varintSize(length) + length;
const int64Size = (value: number) => (value < 0 ? 10 : varintSize(value));

interface LabelBytes {
  readonly name: Uint8Array;
  readonly value: Uint8Array;
  readonly size: number;
}

function labelBytes(labels: Labels): LabelBytes[] {
  const encoder = new TextEncoder();
  return Object.keys(labels)
    .filter(name => labels[name] !== '')
    .sort()
    .map(label => {
      const name = encoder.encode(label);
      const value = encoder.encode(labels[label]);
      return { name, value, size: embedded(name.length) + embedded(value.length) };
    });
}

/** What Prometheus writes where a series ends (its `value.StaleNaN`). */
const stale = 0x7ff0000000000002n;

/**
 * `prometheus.TimeSeries` of the samples from `start` to `end`; undefined when none of them has a value. NaN is missing: it is
 * written as a staleness marker, so that nothing before it is taken for the present.
 */
export function seriesBytes(
  { labels, t, v }: Series,
  { start, end }: Pick<ReadQuery, 'start' | 'end'>,
): Uint8Array | undefined {
  const names = labelBytes(labels);
  let from = 0;
  while (from < t.length && t[from]! < start) from++;
  let to = from;
  let size = names.reduce((sum, each) => sum + embedded(each.size), 0);
  let any = false;
  for (; to < t.length && t[to]! <= end; to++) {
    any ||= !Number.isNaN(v[to]!);
    size += embedded(10 + int64Size(t[to]!));
  }
  if (!any) return undefined;
  const out = new ProtobufWriter(size);
  for (const each of names) writeLabel(out, each);
  for (let i = from; i < to; i++) {
    out.varint(0x12);
    out.varint(10 + int64Size(t[i]!));
    out.varint(0x09);
    if (Number.isNaN(v[i]!)) out.fixed64(stale);
    else out.double(v[i]!);
    out.varint(0x10);
    out.int64(t[i]!);
  }
  return out.bytes;
}

function writeLabel(out: ProtobufWriter, { name, value, size }: LabelBytes): void {
  out.varint(0x0a);
  out.varint(size);
  out.varint(0x0a);
  out.varint(name.length);
  out.raw(name);
  out.varint(0x12);
  out.varint(value.length);
  out.raw(value);
}

/** `prometheus.ReadResponse`, sampled: of each query the series, as `seriesBytes` wrote them. */
export function responseBytes(results: readonly (readonly Uint8Array[])[]): Uint8Array {
  const sizes = results.map(rows => rows.reduce((sum, row) => sum + embedded(row.length), 0));
  const out = new ProtobufWriter(sizes.reduce((sum, size) => sum + embedded(size), 0));
  for (const [k, rows] of results.entries()) {
    out.varint(0x0a);
    out.varint(sizes[k]!);
    for (const row of rows) {
      out.varint(0x0a);
      out.varint(row.length);
      out.raw(row);
    }
  }
  return out.bytes;
}
