import type { FastifyInstance, FastifyReply } from 'fastify';
import { version } from '../core/version.ts';
import { parseExpr } from '../promql/build.ts';
import { answerQuery, instantQuestion, rangeQuestion } from './query-answer.ts';
import { queryErrorOf, unreadable } from './query-errors.ts';
import { createQueryGate } from './query-gate.ts';
import { jsonText } from './query-json.ts';
import { labelNames, labelValues, metadata, series } from './query-lists.ts';
import { parameters } from './query-params.ts';
import { type Desk, type Exchange, sendData, sendJson } from './query-reply.ts';
import type { QueryTarget } from './query-target.ts';
import { takeTurn } from './query-turn.ts';

/** The Prometheus whose API this is: Grafana decides by it what it may ask for. */
const prometheusVersion = '3.0.0';

function buildinfo(reply: FastifyReply): FastifyReply {
  const info = { version: prometheusVersion, revision: `foreshock ${version}`, branch: '', buildUser: '' };
  return sendData(reply, JSON.stringify({ ...info, buildDate: '', goVersion: process.version }));
}

function fail(desk: Desk, { request, reply }: Exchange, error: unknown): FastifyReply {
  const refused = queryErrorOf(error);
  if (refused === undefined) desk.log(`${request.routeOptions.url} failed`, error);
  const { status, errorType, message } = refused ?? {
    status: 500,
    errorType: 'internal',
    message: 'the query failed, see the log of foreshock',
  };
  const body = `{"status":"error","errorType":"${errorType}","error":${jsonText(message)}}`;
  return sendJson(reply.code(status), body);
}

type Handler = (desk: Desk, exchange: Exchange) => FastifyReply | Promise<FastifyReply>;

/** A handler that waits for its turn, as queries do: lists of many series are work, too. */
const gated =
  (handler: Handler): Handler =>
  async (desk, exchange) => {
    const { end } = await takeTurn(desk, exchange);
    try {
      return await handler(desk, exchange);
    } finally {
      end();
    }
  };

const exemplars: Handler = (_, { request, reply }) => {
  const query = parameters(request).text('query');
  unreadable('query', query, () => parseExpr(query));
  return sendData(reply, '[]');
};

/** What is answered at which path below `/api/v1`, by GET and, where a form may be long, by POST. */
const routes: readonly (readonly [path: string, methods: readonly ('GET' | 'POST')[], handler: Handler])[] = [
  [
    'query',
    ['GET', 'POST'],
    (desk, exchange) =>
      answerQuery(desk, exchange, instantQuestion(parameters(exchange.request), desk.target.now())),
  ],
  [
    'query_range',
    ['GET', 'POST'],
    (desk, exchange) => answerQuery(desk, exchange, rangeQuestion(parameters(exchange.request))),
  ],
  ['series', ['GET', 'POST'], gated(series)],
  ['labels', ['GET', 'POST'], gated(labelNames)],
  ['label/:name/values', ['GET'], gated(labelValues)],
  ['metadata', ['GET'], metadata],
  ['query_exemplars', ['GET', 'POST'], exemplars],
  ['rules', ['GET'], (_, { reply }) => sendData(reply, '{"groups":[]}')],
  ['status/buildinfo', ['GET'], (_, { reply }) => buildinfo(reply)],
];

/** Mounts Prometheus' HTTP query API over `target`, GET and POST form. Errors have Prometheus' form and status. */
export function mountQueryApi(
  app: FastifyInstance,
  target: QueryTarget,
  log: (message: string, error: unknown) => void,
): void {
  const desk: Desk = { target, gate: createQueryGate(), log };
  for (const [path, methods, handler] of routes)
    app.route({
      method: [...methods],
      url: `/api/v1/${path}`,
      handler: async (request, reply) => {
        try {
          return await handler(desk, { request, reply });
        } catch (error) {
          return fail(desk, { request, reply }, error);
        }
      },
    });
}
