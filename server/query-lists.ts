import type { FastifyReply, FastifyRequest } from 'fastify';
import { fingerprint, type Labels, labelOf } from '../core/labels.ts';
import { parseSelector } from '../promql/build.ts';
import { byLabels, compareText } from '../promql/evaluate/label-order.ts';
import { unreadable } from './query-errors.ts';
import { jsonLabels, jsonText } from './query-json.ts';
import { ParamError, type Parameters, parameters } from './query-params.ts';
import { cut, type Desk, type Exchange, sendData } from './query-reply.ts';
import type { QueryTarget } from './query-target.ts';

/** The series that the parameters ask for, each once. */
async function matching(target: QueryTarget, given: Parameters): Promise<readonly Labels[]> {
  const start = given.time('start', Number.NEGATIVE_INFINITY);
  const end = given.time('end', Number.POSITIVE_INFINITY);
  const selectors = given.all('match[]');
  for (const selector of selectors) {
    if (/^\s*\{[\s,]*\}\s*$/.test(selector))
      throw new ParamError(
        'invalid parameter "match[]": match[] must contain at least one non-empty matcher',
      );
    unreadable('match[]', selector, () => parseSelector(selector));
  }
  const found = await target.series(selectors, { start, end });
  return [...new Map(found.map(labels => [fingerprint(labels), labels])).values()];
}

/** Answers the label sets of series. */
export async function series({ target }: Desk, { request, reply }: Exchange): Promise<FastifyReply> {
  const given = parameters(request);
  if (given.all('match[]').length === 0) throw new ParamError('no match[] parameter provided');
  const texts = byLabels((await matching(target, given)).map(labels => ({ labels }))).map(({ labels }) =>
    jsonLabels(labels),
  );
  const { kept, warnings } = cut(texts, given.limit());
  return sendData(reply, `[${kept.join(',')}]`, warnings);
}

function sendTexts(reply: FastifyReply, texts: Iterable<string>, limit: number): FastifyReply {
  const sorted = [...new Set(texts)].sort(compareText);
  const { kept, warnings } = cut(sorted, limit);
  return sendData(reply, `[${kept.map(jsonText).join(',')}]`, warnings);
}

/** Answers the names of labels. */
export async function labelNames({ target }: Desk, { request, reply }: Exchange): Promise<FastifyReply> {
  const given = parameters(request);
  const all = await matching(target, given);
  return sendTexts(
    reply,
    all.flatMap(labels => Object.keys(labels).filter(name => labels[name] !== '')),
    given.limit(),
  );
}

/** Answers the values of one label. */
export async function labelValues({ target }: Desk, { request, reply }: Exchange): Promise<FastifyReply> {
  const given = parameters(request);
  const name = pathName(request);
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name))
    throw new ParamError(`invalid label name: ${JSON.stringify(name)}`);
  const values = (await matching(target, given)).flatMap(labels => labelOf(labels, name) || []);
  return sendTexts(reply, values, given.limit());
}

/** Answers what is known of metrics. */
export function metadata({ target }: Desk, { request, reply }: Exchange): FastifyReply {
  const given = parameters(request);
  const metric = given.all('metric')[0] ?? '';
  const known = Object.entries(target.metadata()).filter(([name]) => metric === '' || metric === name);
  const about = cut(known, given.limit()).kept.map(
    ([name, { type, help }]) => `${jsonText(name)}:[{"type":"${type}","help":${jsonText(help)},"unit":""}]`,
  );
  return sendData(reply, `{${about.join(',')}}`);
}

function pathName(request: FastifyRequest): string {
  const { params } = request;
  const named = typeof params === 'object' && params !== null && 'name' in params ? params.name : '';
  return typeof named === 'string' ? named : '';
}
