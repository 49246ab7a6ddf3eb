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
  /** The first of a name, empty when there is none. */
  text(name: string): string;
  time(name: string, otherwise: number): number;
  requiredTime(name: string): number;
  /** A resolution step in ms: seconds as a number, or a duration. */
  step(name: string): number;
  /** Longest time for the answer in ms, where it is told. */
  timeout(): number | undefined;
  /** How old samples may be, in ms, where it is told. */
  lookback(): number | undefined;
  /** Most series or names to answer; 0 when there is no limit. */
  limit(): number;
}

/** The ends of time as Prometheus' clients write them, in s. */
const endOfTime = 9.3e15;
const lastDate = 8.64e15;

/** Unix seconds or RFC 3339, as Prometheus takes them, in ms; what lies beyond all dates becomes the last one. */
export function parseTime(text: string): number | undefined {
  const seconds = /^\s*$|[xob_]/i.test(text) ? Number.NaN : Number(text);
  const rfc3339 = /^[-+]?\d{4,9}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (rfc3339 === null && !(Math.abs(seconds) <= endOfTime)) return undefined;
  if (/^[-+]\d{9}-/.test(text)) return text.startsWith('-') ? -lastDate : lastDate;
  const ms = rfc3339 === null ? seconds * 1000 : Date.parse(text);
  return Number.isNaN(ms) ? undefined : Math.max(-lastDate, Math.min(lastDate, Math.round(ms)));
}

function parseSpan(name: string, text: string): number {
  const seconds = text.trim() === '' ? Number.NaN : Number(text);
  if (Number.isFinite(seconds)) return Math.round(seconds * 1000);
  try {
    return parseDuration(text);
  } catch {
    throw new ParamError(
      `invalid parameter "${name}": cannot parse ${JSON.stringify(text)} to a valid duration`,
    );
  }
}

function parseStep(name: string, text: string): number {
  const ms = parseSpan(name, text);
  if (ms >= 1) return ms;
  throw new ParamError(
    `invalid parameter "${name}": zero or negative query resolution step widths are not accepted. Try a positive integer`,
  );
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(limit)) return limit;
  if (/^-\d+$/.test(text)) throw new ParamError('invalid parameter "limit": limit must be non-negative');
  throw new ParamError(`invalid parameter "limit": cannot parse ${JSON.stringify(text)} to a limit`);
}

/** Reads the parameters of a request. */
export function parameters(request: FastifyRequest): Parameters {
  const at = request.url.indexOf('?');
  const given = [new URLSearchParams(at < 0 ? '' : request.url.slice(at + 1))];
  if (request.body instanceof URLSearchParams) given.unshift(request.body);
  const all = (name: string): string[] => given.flatMap(params => params.getAll(name));
  const text = (name: string) => all(name)[0] ?? '';
  const span = (name: string) => (text(name) === '' ? undefined : parseSpan(name, text(name)));
  const wrongTime = (name: string) => `cannot parse ${JSON.stringify(text(name))} to a valid timestamp`;
  return {
    all,
    text,
    time(name, otherwise) {
      if (text(name) === '') return otherwise;
      const time = parseTime(text(name));
      if (time !== undefined) return time;
      throw new ParamError(
        `invalid parameter "${name}": Invalid time value for '${name}': ${wrongTime(name)}`,
      );
    },
    requiredTime(name) {
      const time = parseTime(text(name));
      if (time === undefined) throw new ParamError(`invalid parameter "${name}": ${wrongTime(name)}`);
      return time;
    },
    step: name => parseStep(name, text(name)),
    timeout: () => span('timeout'),
    lookback: () => span('lookback_delta'),
    limit: () => (text('limit') === '' ? 0 : parseLimit(text('limit'))),
  };
}
