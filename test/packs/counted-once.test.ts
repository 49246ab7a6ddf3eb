import { describe, expect, it } from 'vitest';
import { resolvePack } from '../../config/resolve.ts';
import type { Labels } from '../../core/labels.ts';
import type { Series } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { readPacks } from '../reference/packs.ts';

const step = 60_000;
const now = Date.UTC(2026, 0, 2);
const times = Float64Array.from({ length: 481 }, (_, k) => now - (480 - k) * step);

/** Eight hours of a metric, `minute` counted from their beginning. */
function metric(name: string, labels: Labels, value: (minute: number) => number): Series {
  return { labels: { ...labels, __name__: name }, t: times, v: times.map((_, k) => value(k)) };
}

/** What a pack asks of some series, at their end. */
function askedOf(pack: string, series: readonly Series[], params: Readonly<Record<string, string>> = {}) {
  const found = readPacks().find(each => each.pack === pack)!;
  const resolved = resolvePack(found, { match: '', params, step, scrapeInterval: step });
  const source = createEvaluator(series, { lookback: 5 * step, dialect: 2 });
  const ask = async (query: string) => {
    const answer = await source.queryRange({ query, start: now, end: now, step });
    return answer.series.map(({ labels, v }) => [Object.values(labels)[0], v[0]] as const);
  };
  const queryOf = (name: string) =>
    resolved.classes.flatMap(({ class: { signals }, queries }) =>
      queries.filter((_, k) => signals[k]!.name === name),
    )[0]!;
  return {
    signal: (name: string) => ask(queryOf(name)),
    used: (resource: string) => ask(resolved.capacity.find(each => each.resource === resource)!.used),
    limit: (resource: string) => ask(resolved.capacity.find(each => each.resource === resource)!.limit),
    alert: (name: string) => ask(resolved.alerts.find(({ alert }) => alert === name)!.expr),
  };
}

describe('requests of a bucket with several metrics configurations', () => {
  const of = (filter: string, name: string, value: number) =>
    metric(name, { dimension_BucketName: 'b', dimension_FilterId: filter }, () => value);
  const series = [
    of('EntireBucket', 'aws_s3_all_requests_sum', 300),
    of('logs', 'aws_s3_all_requests_sum', 240),
    of('EntireBucket', 'aws_s3_5xx_errors_sum', 30),
    of('logs', 'aws_s3_5xx_errors_sum', 30),
    of('EntireBucket', 'aws_s3_first_byte_latency_average', 100),
    of('logs', 'aws_s3_first_byte_latency_average', 900),
  ];

  it('are those of the whole bucket, not the sum of what overlaps', async () => {
    const { signal } = askedOf('s3', series);
    expect(await signal('requests')).toEqual([['b', 1]]);
    expect(await signal('server_errors')).toEqual([['b', 0.1]]);
  });

  it('and their times are those of one configuration when it is named', async () => {
    const { signal } = askedOf('s3', series, { filters: 'EntireBucket' });
    expect(await signal('first_byte')).toEqual([['b', 0.1]]);
  });

  it('are there without the label too', async () => {
    const plain = metric('aws_s3_all_requests_sum', { dimension_BucketName: 'b' }, () => 300);
    expect(await askedOf('s3', [plain]).signal('requests')).toEqual([['b', 1]]);
  });
});

it('puzzles of a web ACL are those of all its rules once', async () => {
  const of = (rule: string, value: number) =>
    metric('aws_wafv2_captcha_requests_sum', { dimension_WebACL: 'w', dimension_Rule: rule }, () => value);
  const { signal } = askedOf('aws_waf', [of('ALL', 300), of('bots', 200), of('login', 100)]);
  expect(await signal('puzzles')).toEqual([['w', 1]]);
});

describe('the disk of a database of which CloudWatch does not tell the size', () => {
  const free = (name: string, value: (minute: number) => number) =>
    metric('aws_rds_free_storage_space_average', { dimension_DBInstanceIdentifier: name }, value);

  it('has no share where more is free than the pack was told that it holds', async () => {
    const { used, limit } = askedOf('rds', [free('told', () => 40e9), free('larger', () => 500e9)]);
    expect(await used('storage')).toEqual([['told', 60e9]]);
    expect(await limit('storage')).toEqual([['told', 100e9]]);
  });

  it('is told by what is free and by how that falls, whatever its size', async () => {
    const disks = [
      free('steady', () => 5e9),
      free('large and falling', minute => 500e9 - 0.9e9 * minute),
      free('large and falling slowly', minute => 500e9 - 0.1e9 * minute),
      free('nearly full', () => 1e9),
    ];
    const told = await askedOf('rds', disks).alert('RdsStorageAlmostFull');
    expect(told.map(([name]) => name).toSorted()).toEqual(['large and falling', 'nearly full']);
  });
});

it('a model has as many instances as GPUs that serve it', async () => {
  const on = (gpu_uuid: string) =>
    metric('nv_inference_request_success', { model: 'm', version: '1', gpu_uuid }, minute => 60 * minute);
  const series = ['a', 'b', 'c'].map(on);
  expect(await askedOf('triton', series).limit('instances')).toEqual([['m', 3]]);
  expect(await askedOf('triton', series, { instances: '2' }).limit('instances')).toEqual([['m', 6]]);
});

it('the workers of MLflow are four, or as many as are said', async () => {
  const series = [
    metric('mlflow_http_request_duration_seconds_sum', { instance: 'i' }, minute => 60 * minute),
  ];
  expect(await askedOf('mlflow', series).limit('workers')).toEqual([['i', 4]]);
  expect(await askedOf('mlflow', series, { workers: '8' }).limit('workers')).toEqual([['i', 8]]);
});
