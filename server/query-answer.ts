import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import { parseExpr } from '../promql/build.ts';
import type { Answer, Question } from '../promql/evaluate/engine.ts';
import type { Pace } from '../promql/evaluate/steps.ts';
import { unreadable } from './query-errors.ts';
import { createPace } from './query-gate.ts';
import { answerChunks } from './query-json.ts';
import { ParamError, type Parameters, parameters } from './query-params.ts';
import { cut, type Desk, type Exchange, sendJson } from './query-reply.ts';
import { takeTurn } from './query-turn.ts';

/** Most points a range query may ask for a series, as in Prometheus. */
export const maxPoints = 11_000;

/** The answer's first `limit` series. */
function limited(answer: Answer, limit: number): { answer: Answer; warnings: readonly string[] } {
  if (answer.type === 'matrix') {
    const { kept, warnings } = cut(answer.columns, limit);
    return { answer: { ...answer, columns: kept }, warnings };
  }
  if (answer.type !== 'vector' && answer.type !== 'range') return { answer, warnings: [] };
  const { kept, warnings } = cut(answer.elements, limit);
  return { answer: { ...answer, elements: kept }, warnings };
}

/** A question as it is asked of the target, without what bounds it. */
type Asked = Omit<Question, 'pace' | 'signal'>;

/** What an instant query asks. */
export function instantQuestion(given: Parameters, now: number): Asked {
  const time = given.time('time', now);
  return { query: given.text('query'), start: time, end: time, step: undefined, lookback: given.lookback() };
}

/** What a range query asks; a ParamError refuses more points than `maxPoints`. */
export function rangeQuestion(given: Parameters): Asked {
  const start = given.requiredTime('start');
  const end = given.requiredTime('end');
  if (end < start)
    throw new ParamError('invalid parameter "end": end timestamp must not be before start time');
  const step = given.step('step');
  if (Math.floor((end - start) / step) > maxPoints)
    throw new ParamError(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  return { query: given.text('query'), start, end, step, lookback: given.lookback() };
}

/** Answers a query in chunks, in turns, in its time; who hangs up stops it. */
export async function answerQuery(desk: Desk, exchange: Exchange, question: Asked): Promise<FastifyReply> {
  const limit = parameters(exchange.request).limit();
  const { signal, end } = await takeTurn(desk, exchange);
  const pace = createPace();
  try {
    unreadable('query', question.query, () => parseExpr(question.query));
    const told = await desk.target.answer({ ...question, pace, signal });
    const { answer, warnings } = limited(told.answer, limit);
    const chunks = answerChunks(answer, [...told.warnings, ...warnings]);
    return sendChunks(exchange.reply, { chunks, pace, signal, end });
  } catch (error) {
    end();
    throw error;
  }
}

interface Sending {
  readonly chunks: Iterable<string | Uint8Array>;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly end: () => void;
}

async function* paced({ chunks, pace, signal, end }: Sending): AsyncGenerator<string | Uint8Array> {
  try {
    for (const chunk of chunks) {
      yield chunk;
      if (pace.due()) await pace.pause();
      signal.throwIfAborted();
    }
  } finally {
    end();
  }
}

function sendChunks(reply: FastifyReply, sending: Sending): FastifyReply {
  const iterator = sending.chunks[Symbol.iterator]();
  const first = iterator.next();
  const second = iterator.next();
  if (second.done === true) {
    sending.end();
    return sendJson(reply, first.value);
  }
  function* whole(): Iterable<string | Uint8Array> {
    yield first.value ?? '';
    yield second.value ?? '';
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) yield next.value;
  }
  return sendJson(reply, Readable.from(paced({ ...sending, chunks: whole() }), { objectMode: false }));
}
