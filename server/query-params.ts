import type { FastifyRequest } from 'fastify';
import { parseDuration } from '../core/duration.ts';

/** A wrong parameter of a query; its message goes to the client. */
export class ParamError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ParamError';
  }
}

/** The parameters of a query API request, from the URL and, for POST, the form body. Times are given in ms. */
export interface Parameters {
  all(name: string): readonly string[];
  required(name: string): string;
  time(name: string, otherwise: number): number;
  requiredTime(name: string): number;
  /** A resolution step in ms: seconds as a number, or a duration. */
  step(name: string): number;
}

/** Unix seconds or RFC 3339, as Prometheus takes them, in ms. */
export function parseTime(name: string, text: string): number {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  const rfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text);
  const ms = rfc3339 ? Date.parse(text) : seconds * 1000;
  if (!Number.isFinite(ms) || Math.abs(ms) > 8.64e15)
    throw new ParamError(
      `invalid parameter "${name}": cannot parse ${JSON.stringify(text)} to a valid timestamp`,
    );
  return Math.round(ms);
}

function parseStep(name: string, text: string): number {
  let ms = Number(text) * 1000;
  if (Number.isNaN(ms)) {
    try {
      ms = parseDuration(text);
    } catch {
      throw new ParamError(
        `invalid parameter "${name}": cannot parse ${JSON.stringify(text)} to a valid duration`,
      );
    }
  }
  if (!Number.isFinite(ms) || ms < 1)
    throw new ParamError(
      `invalid parameter "${name}": zero or negative query resolution step widths are not accepted. Try a positive integer`,
    );
  return ms;
}

/** Reads the parameters of a request. */
export function parameters(request: FastifyRequest): Parameters {
  const at = request.url.indexOf('?');
  const given = [new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1))];
  if (request.body instanceof URLSearchParams) given.unshift(request.body);
  const all = (name: string): string[] => given.flatMap(params => params.getAll(name));
  const required = (name: string): string => {
    const text = all(name)[0];
    if (text === undefined || text === '') throw new ParamError(`invalid parameter "${name}": it is missing`);
    return text;
  };
  return {
    all,
    required,
    time: (name, otherwise) => {
      const text = all(name)[0];
      return text === undefined || text === '' ? otherwise : parseTime(name, text);
    },
    requiredTime: name => parseTime(name, required(name)),
    step: name => parseStep(name, required(name)),
  };
}
