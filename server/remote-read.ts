import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Series, SourceError } from '../core/series.ts';
import { PromqlError } from '../promql/parse.ts';
import { createQueryGate, QueryTimeout } from './query-gate.ts';
import { ParamError } from './query-params.ts';
import type { Exchange } from './query-reply.ts';
import { type Turn, takeTurn } from './query-turn.ts';
import { type ReadQuery, readRequest, responseBytes, seriesBytes } from './read-message.ts';
import { packSnappy, unpackSnappy } from './snappy.ts';

/** What a remote read reads. */
export interface ReadTarget {
  /** The series that all matchers let through. Throws a PromqlError or a RangeError for what cannot be asked. */
  select(query: ReadQuery): readonly Series[];
}

/** So large a request may be, packed or not, bytes; so many queries it may hold. */
const largestRequest = 1_048_576;
const mostQueries = 64;
/** So large an answer may be before it is packed, bytes: some 3.7 million samples. */
const largestAnswer = 67_108_864;
/** Bytes of an answer that are written at one go: a pass that is due comes in between. */
const atOneGo = 1_048_576;

/** Reads that are worked on at the same time: each holds its answer twice, packed and not. */
const atOnce = 4;

const tooLong = () =>
  new RangeError(
    `the answer is longer than ${largestAnswer} bytes (some 3,700,000 samples): ask for fewer series or a shorter time`,
  );

async function answer(target: ReadTarget, packed: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const { queries, accepted } = readRequest(unpackSnappy(packed, largestRequest));
  // 0 is SAMPLES; who names nothing knows that.
  if (accepted.length > 0 && !accepted.includes(0))
    throw new RangeError(`answers are sampled (response type 0), asked for were ${accepted.join(', ')}`);
  if (queries.length > mostQueries)
    throw new RangeError(`a request holds ${mostQueries} queries at most, got ${queries.length}`);
  const results: Uint8Array[][] = [];
  let size = 0;
  let left = atOneGo;
  for (const query of queries) {
    const rows: Uint8Array[] = [];
    for (const series of query.end < query.start ? [] : target.select(query)) {
      const row = seriesBytes(series, query);
      if (row === undefined) continue;
      size += row.length;
      if (size > largestAnswer) throw tooLong();
      rows.push(row);
      left -= row.length;
      if (left > 0) continue;
      left = atOneGo;
      await nextTurn();
      signal.throwIfAborted();
    }
    results.push(rows);
  }
  return packSnappy(responseBytes(results));
}

const isAsked = (error: unknown): error is Error =>
  error instanceof RangeError ||
  error instanceof PromqlError ||
  error instanceof SourceError ||
  error instanceof ParamError;

function refuse(reply: FastifyReply, status: number, words: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${words}\n`);
}

/**
 * Mounts Prometheus' remote read (protocol 0.1.0, sampled) over `target`. What cannot be read or asked is answered with 400
 * and its reason as text, which Prometheus shows; so many are worked on at a time, and none for longer than a query.
 */
export function mountRemoteRead(
  app: FastifyInstance,
  target: ReadTarget,
  log: (message: string, error: unknown) => void,
): void {
  app.addContentTypeParser(
    'application/x-protobuf',
    { parseAs: 'buffer', bodyLimit: largestRequest },
    (_, body, done) => done(null, body),
  );
  const gate = createQueryGate(atOnce);
  app.post('/api/v1/read', async (request, reply) => {
    if (!(request.body instanceof Uint8Array))
      return refuse(reply, 400, 'remote read: the body must be application/x-protobuf, packed by snappy');
    const exchange = { request, reply };
    let turn: Turn | undefined;
    try {
      turn = await takeTurn({ gate }, exchange);
      return send(exchange, await answer(target, request.body, turn.signal), turn);
    } catch (error) {
      turn?.end();
      if (error instanceof QueryTimeout) return refuse(reply, 503, `remote read: ${error.message}`);
      if (isAsked(error)) return refuse(reply, 400, `remote read: ${error.message}`);
      log('/api/v1/read failed', error);
      return refuse(reply, 500, 'remote read: it failed, see the log of foreshock');
    }
  });
}

/** Until the answer has left it is held in memory, and with it the turn; who takes it too slowly gets no more of it. */
function send({ reply }: Exchange, bytes: Uint8Array, turn: Turn): FastifyReply {
  turn.signal.throwIfAborted();
  turn.signal.addEventListener('abort', () => reply.raw.destroy(), { once: true });
  reply.raw.once('finish', () => turn.end());
  return reply
    .type('application/x-protobuf')
    .header('content-encoding', 'snappy')
    .header('x-prometheus-remote-read-version', '0.1.0')
    .send(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
}
