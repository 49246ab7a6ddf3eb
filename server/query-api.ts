import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fingerprint, type Labels } from '../core/labels.ts';
import { type Series, type SeriesSource, SourceError } from '../core/series.ts';
import { version } from '../core/version.ts';
import { ParamError, type Parameters, parameters } from './query-params.ts';

/** What the query API reads: the evaluator over stored results, and which series there are. Times in ms. */
export interface QueryTarget {
  readonly source: SeriesSource;
  /** Label sets of the series that match any of the selectors (all when there are none). Rejects with a RangeError for a wrong selector. */
  series(
    selectors: readonly string[],
    range: { readonly start: number; readonly end: number },
  ): Promise<readonly Labels[]>;
  /** Now in ms. */
  now(): number;
}

/** Most points a range query may ask for a series, as in Prometheus. */
export const maxPoints = 11_000;

/** A value as Prometheus writes it in JSON. */
export function formatValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return String(value);
}

function samples(series: Series): [number, string][] {
  const out: [number, string][] = [];
  // NaN is "missing" in our columns, and Prometheus leaves missing samples out.
  for (const [i, value] of series.v.entries())
    if (!Number.isNaN(value)) out.push([series.t[i]! / 1000, formatValue(value)]);
  return out;
}

type Answer = { readonly data: unknown; readonly warnings?: readonly string[] };

function withWarnings(data: unknown, warnings: readonly string[]): Answer {
  return warnings.length > 0 ? { data, warnings } : { data };
}

async function instant(target: QueryTarget, given: Parameters): Promise<Answer> {
  const query = given.required('query');
  const time = given.time('time', target.now());
  const set = await target.source.queryRange({ query, start: time, end: time, step: 1000 });
  const result = [];
  for (const series of set.series) {
    const value = samples(series).at(-1);
    if (value !== undefined) result.push({ metric: series.labels, value });
  }
  return withWarnings({ resultType: 'vector', result }, set.warnings);
}

async function range(target: QueryTarget, given: Parameters): Promise<Answer> {
  const query = given.required('query');
  const start = given.requiredTime('start');
  const end = given.requiredTime('end');
  const step = given.step('step');
  if (end < start)
    throw new ParamError('invalid parameter "end": end timestamp must not be before start time');
  if ((end - start) / step > maxPoints)
    throw new ParamError(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  const set = await target.source.queryRange({ query, start, end, step });
  const result = set.series
    .map(series => ({ metric: series.labels, values: samples(series) }))
    .filter(row => row.values.length > 0);
  return withWarnings({ resultType: 'matrix', result }, set.warnings);
}

function matching(target: QueryTarget, given: Parameters): Promise<readonly Labels[]> {
  const start = given.time('start', Number.NEGATIVE_INFINITY);
  return target.series(given.all('match[]'), { start, end: given.time('end', Number.POSITIVE_INFINITY) });
}

async function series(target: QueryTarget, given: Parameters): Promise<Answer> {
  if (given.all('match[]').length === 0) throw new ParamError('no match[] parameter provided');
  const unique = new Map((await matching(target, given)).map(labels => [fingerprint(labels), labels]));
  return { data: [...unique.values()] };
}

async function labelNames(target: QueryTarget, given: Parameters): Promise<Answer> {
  const names = (await matching(target, given)).flatMap(labels => Object.keys(labels));
  return { data: [...new Set(names)].sort() };
}

async function labelValues(target: QueryTarget, given: Parameters, name: string): Promise<Answer> {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
    throw new ParamError(`invalid label name: ${JSON.stringify(name)}`);
  const values = (await matching(target, given)).flatMap(labels => labels[name] ?? []);
  return { data: [...new Set(values)].sort() };
}

function failure(reply: FastifyReply, error: unknown): FastifyReply {
  const send = (status: number, errorType: string, message: string): FastifyReply =>
    reply.code(status).send({ status: 'error', errorType, error: message });
  if (error instanceof SourceError)
    return error.retryable ? send(503, 'timeout', error.message) : send(422, 'execution', error.message);
  if (error instanceof ParamError || error instanceof RangeError || error instanceof SyntaxError)
    return send(400, 'bad_data', error.message);
  return send(500, 'internal', 'the query failed, see the log of foreshock');
}

type Method = (request: FastifyRequest, given: Parameters) => Promise<Answer>;

/** Mounts Prometheus' HTTP query API over `target`, GET and POST form. Errors have Prometheus' form and status. */
export function mountQueryApi(
  app: FastifyInstance,
  target: QueryTarget,
  log: (message: string, error: unknown) => void,
): void {
  const mount = (methods: string[], url: string, method: Method): void => {
    app.route({
      method: methods,
      url,
      handler: async (request, reply) => {
        try {
          return reply.send({ status: 'success', ...(await method(request, parameters(request))) });
        } catch (error) {
          const failed = failure(reply, error);
          if (reply.statusCode === 500) log(`${url} failed`, error);
          return failed;
        }
      },
    });
  };
  const both = ['GET', 'POST'];
  mount(both, '/api/v1/query', (_, given) => instant(target, given));
  mount(both, '/api/v1/query_range', (_, given) => range(target, given));
  mount(both, '/api/v1/series', (_, given) => series(target, given));
  mount(both, '/api/v1/labels', (_, given) => labelNames(target, given));
  mount(['GET'], '/api/v1/label/:name/values', (request, given) =>
    labelValues(target, given, pathName(request)),
  );
  mount(['GET'], '/api/v1/status/buildinfo', async () => ({
    data: { version, revision: '', branch: '', buildUser: '', buildDate: '', goVersion: process.version },
  }));
}

function pathName(request: FastifyRequest): string {
  const { params } = request;
  const named = typeof params === 'object' && params !== null && 'name' in params ? params.name : '';
  return typeof named === 'string' ? named : '';
}
