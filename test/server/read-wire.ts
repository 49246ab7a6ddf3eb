import {
  bytesField,
  type Field,
  integerField,
  message,
  messageField,
  stringField,
} from '../../detectors/protobuf.ts';
import { protobufFields } from '../../server/protobuf.ts';

/** One query as a Prometheus asks it; times in ms. */
export interface AskedQuery {
  readonly start: number;
  readonly end: number;
  /** The times that its hints name, where they do. */
  readonly hinted?: readonly [start: number, end: number];
  readonly matchers: readonly (readonly [name: string, op: '=' | '!=' | '=~' | '!~', value: string])[];
}

const ops = ['=', '!=', '=~', '!~'];

function queryFields({ start, end, matchers, hinted }: AskedQuery): Field[] {
  return [
    integerField(1, start),
    integerField(2, end),
    ...matchers.map(([name, op, value]) =>
      messageField(3, [integerField(1, ops.indexOf(op)), stringField(2, name), stringField(3, value)]),
    ),
    messageField(4, [
      integerField(1, 60_000),
      stringField(2, 'rate'),
      ...(hinted === undefined ? [] : [integerField(3, hinted[0]), integerField(4, hinted[1])]),
      stringField(5, 'service'),
    ]),
  ];
}

/** `prometheus.ReadRequest`; `types` are response types that the reader knows. */
export function requestBytes(queries: readonly AskedQuery[], types: readonly number[] = []): Uint8Array {
  return message([
    ...queries.map(query => messageField(1, queryFields(query))),
    ...(types.length === 0 ? [] : [bytesField(2, Uint8Array.from(types))]),
  ]);
}

export interface ReadSeries {
  readonly labels: readonly (readonly [string, string])[];
  /** Time in ms and value; a staleness marker is `stale`. */
  readonly samples: readonly (readonly [number, number | 'stale'])[];
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const inner = (bytes: Uint8Array, number: number) =>
  [...protobufFields(bytes)].flatMap(field => (field.number === number && field.bytes ? [field.bytes] : []));

/** A sample's double is of fixed width, which our reader passes over: key, eight bytes, key, time. */
function sampleOf(bytes: Uint8Array): readonly [number, number | 'stale'] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const time = [...protobufFields(bytes)].find(field => field.number === 2)?.integer ?? 0n;
  const isStale = view.getBigUint64(1, true) === 0x7ff0000000000002n;
  return [Number(BigInt.asIntN(64, time)), isStale ? 'stale' : view.getFloat64(1, true)];
}

/** `prometheus.ReadResponse`: of each query its series. */
export function responseSeries(bytes: Uint8Array): ReadSeries[][] {
  return inner(bytes, 1).map(result =>
    inner(result, 1).map(series => ({
      labels: inner(series, 1).map(label => [text(inner(label, 1)[0]!), text(inner(label, 2)[0]!)] as const),
      samples: inner(series, 2).map(sampleOf),
    })),
  );
}
