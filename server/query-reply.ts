import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { QueryGate } from './query-gate.ts';
import { jsonText } from './query-json.ts';
import type { QueryTarget } from './query-target.ts';

/** What all answers of the API are made with. */
export interface Desk {
  readonly target: QueryTarget;
  readonly gate: QueryGate;
  readonly log: (message: string, error: unknown) => void;
}

/** A request and what answers it. */
export interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** The first `limit` of all, 0 being no limit, and a warning where that is not all. */
export function cut<T>(
  all: readonly T[],
  limit: number,
): { readonly kept: readonly T[]; readonly warnings: string[] } {
  if (limit === 0 || all.length <= limit) return { kept: all, warnings: [] };
  return { kept: all.slice(0, limit), warnings: ['results truncated due to limit'] };
}

/** Sends JSON as `application/json`, without a charset as Prometheus has it. */
export function sendJson(reply: FastifyReply, body: string | Uint8Array | Readable): FastifyReply {
  return reply
    .header('content-type', 'application/json')
    .send(typeof body === 'string' ? Buffer.from(body) : body);
}

/** A good answer; `data` is JSON. */
export function sendData(reply: FastifyReply, data: string, warnings: readonly string[] = []): FastifyReply {
  const warned = warnings.length === 0 ? '' : `,"warnings":[${warnings.map(jsonText).join(',')}]`;
  return sendJson(reply, `{"status":"success","data":${data}${warned}}`);
}
