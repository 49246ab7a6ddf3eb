import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Recording, readRecording } from '../../collectors/recording.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { parseBlow } from './faults.ts';

const folder = path.join(import.meta.dirname, 'recordings');
const names = readdirSync(folder).sort();
const second = 1000;
const minute = 60 * second;
const files = ['alerts.jsonl', 'logs.jsonl.gz', 'meta.json', 'series.jsonl.gz'];

function text(dir: string, file: string): string {
  const data = readFileSync(path.join(dir, file));
  return (file.endsWith('.gz') ? gunzipSync(data) : data).toString('utf8');
}

/** The faults that the name of a recording tells: `tune-13-pg-lock+cpu-hog-checkout`. */
function blowsOf(name: string) {
  const [, faults = ''] = /^(?:tune-\d+-|held-out-\d+-)?(.+)$/.exec(name) ?? [];
  return faults.split('+').map(one => {
    const victim = /-(frontend|catalog|checkout|redis|postgresql|dns)$/.exec(one)?.[1];
    return parseBlow(victim === undefined ? one : `${one.slice(0, -victim.length - 1)}@${victim}`);
  });
}

const shareOf = (counter: string, some: string, by: string) =>
  `sum(rate(${counter}{${by},${some}}[20s])) / sum(rate(${counter}{${by}}[20s]))`;
const failedCalls = (service: string) =>
  shareOf('http_client_requests_total', 'code=~"5.."', `peer_service="${service}"`);
const failedRequests = (service: string) =>
  shareOf('http_requests_total', 'code=~"5.."', `service="${service}"`);
const slowCalls = (service: string) =>
  `1 - ${shareOf('http_client_request_duration_seconds_bucket', 'le="0.1"', `le=~"0.1|[+]Inf",peer_service="${service}"`)} * 2`;
const cpu = (service: string) => `max(rate(process_cpu_seconds_total{service="${service}"}[20s]))`;
const memory = (service: string) => `max(process_resident_memory_bytes{service="${service}"})`;
const gone = (service: string) => `1 - min(up{service="${service}"})`;

/** What must rise while a cause is there, and by how much. */
const signs: Readonly<Record<string, readonly [query: (service: string) => string, by: number]>> = {
  stall: [failedCalls, 0.2],
  deploy: [failedRequests, 0.1],
  'instance lost': [gone, 0.5],
  'process killed': [failedCalls, 0.2],
  'cpu leak': [cpu, 0.03],
  'cpu hog': [cpu, 0.1],
  'memory leak': [memory, 100e6],
  'slow network': [slowCalls, 0.05],
  'packet loss': [slowCalls, 0.05],
  'disk full': [failedCalls, 0.2],
  lock: [failedCalls, 0.2],
  'dns failure': [failedCalls, 0.2],
};

/** What may stay below the thresholds of an ordinary team while the machine has other work. */
const quiet = ['cpu leak', 'cpu hog'];

describe('the recorded incidents', () => {
  const of = (part: string) => names.filter(name => name.startsWith(part));

  it('are four long ones, and at least twenty for tuning and ten that were held out', () => {
    expect(names).toEqual(
      expect.arrayContaining(['bad-deploy', 'cpu-leak', 'instance-killed', 'redis-stall']),
    );
    expect(of('tune').length).toBeGreaterThanOrEqual(20);
    expect(of('held-out').length).toBeGreaterThanOrEqual(10);
  });

  it('have two faults at once in at least four for tuning', () => {
    expect(of('tune').filter(name => name.includes('+')).length).toBeGreaterThanOrEqual(4);
  });
});

describe.each(names)('the recording %s', name => {
  const dir = path.join(folder, name);
  const blows = blowsOf(name);
  const part = /^(tune|held-out)-/.exec(name)?.[1]?.replace('-', ' ');
  const limits =
    part === undefined
      ? { normal: 45, series: 500, ups: 10, bytes: 1e6 }
      : { normal: 6, series: 350, ups: 12, bytes: 150_000 };
  let recording: Recording;
  let onset = 0;
  let over = 0;

  beforeAll(async () => {
    recording = await readRecording(dir);
    onset = Math.min(...recording.meta.truth.map(one => one.startsAt));
    over = Math.max(...recording.meta.truth.map(one => one.endsAt ?? Number.NaN));
  });

  it('is of known faults and tells its truth inside of its range', () => {
    const { meta } = recording;
    const whats = blows.map(({ fault, victim }) => fault.what(victim));
    expect(meta).toMatchObject({ name, about: whats.join('; '), ...(part === undefined ? {} : { part }) });
    expect(meta.truth.map(({ what }) => what)).toEqual(whats);
    expect(meta.truth.map(({ entity }) => entity)).toMatchObject(
      blows.map(({ victim }) => ({ service: victim })),
    );
    expect(meta.startsAt).toBeLessThan(onset);
    expect(onset).toBeLessThan(over);
    expect(over).toBeLessThan(meta.endsAt);
  });

  it('holds enough of normal life before the fault', () => {
    expect(onset - recording.meta.startsAt).toBeGreaterThanOrEqual(limits.normal * minute);
  });

  it('has all samples on its grid', () => {
    const { startsAt, endsAt, stepSeconds } = recording.meta;
    const step = stepSeconds * second;
    expect(recording.series.length).toBeGreaterThan(limits.series);
    for (const { labels, t, v } of recording.series) {
      const off = t.filter(one => (one - startsAt) % step !== 0 || one < startsAt || one > endsAt);
      expect([...off], JSON.stringify(labels)).toEqual([]);
      expect(v.every(Number.isFinite)).toBe(true);
    }
  });

  it('misses hardly a scrape while all is well', () => {
    const { startsAt, stepSeconds } = recording.meta;
    const expected = (onset - startsAt) / (stepSeconds * second);
    const up = recording.series.filter(one => one.labels.__name__ === 'up');
    expect(up).toHaveLength(limits.ups);
    for (const { labels, t, v } of up) {
      const good = v.filter((value, i) => value === 1 && t[i]! < onset).length;
      expect(good / expected, labels.instance).toBeGreaterThan(0.95);
    }
  });

  it('has alerts during the fault, and hardly any before it', () => {
    const firing = recording.alerts.filter(one => one.alert.endsAt === undefined);
    const between = (from: number, to: number) => firing.filter(one => one.at >= from && one.at < to);
    if (!recording.meta.truth.every(({ cause = '' }) => quiet.includes(cause)))
      expect(between(onset, over).length).toBeGreaterThanOrEqual(1);
    expect(between(recording.meta.startsAt + 2 * minute, onset).length).toBeLessThanOrEqual(2);
  });

  it('shows each fault in a signal of its victim', async () => {
    const { meta, series } = recording;
    const step = meta.stepSeconds * second;
    const source = createEvaluator(series, { lookback: 2 * step, dialect: 2 });
    for (const { cause = '', entity } of meta.truth) {
      const service = typeof entity === 'object' ? (entity.service ?? '') : '';
      const [query, by] = signs[cause]!;
      const range = { query: query(service), start: meta.startsAt, end: over, step };
      const { series: answer } = await source.queryRange(range);
      const values = (from: number, to: number) =>
        answer.flatMap(({ t, v }) => [...v].filter((_, i) => t[i]! >= from && t[i]! < to));
      const most = (from: number, to: number) => Math.max(0, ...values(from, to).filter(Number.isFinite));
      // Beside another fault no call may come as far as this one.
      const masked = blows.length > 1 && Number.isNaN(values(onset, over).at(-1));
      if (!masked)
        expect(most(onset, over), `${cause} of ${service}`).toBeGreaterThan(
          most(onset - 3 * minute, onset) + by,
        );
    }
  });

  it('has logs in order of time', () => {
    const lines = text(dir, 'logs.jsonl.gz').trimEnd().split('\n');
    const times = lines.map(line => Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? ''));
    expect(times.length).toBeGreaterThan(100);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('is small and names no folder and no host of a machine', () => {
    expect(readdirSync(dir).sort()).toEqual(files);
    expect(files.reduce((sum, file) => sum + statSync(path.join(dir, file)).size, 0)).toBeLessThan(
      limits.bytes,
    );
    for (const file of files)
      expect(text(dir, file).match(/.{0,40}\/(tmp|root|work|home|usr|var|mnt)\b.{0,20}/)).toBeNull();
    for (const { labels } of recording.series) {
      expect(labels.nodename ?? 'lab').toBe('lab');
      expect(labels.instance).toMatch(/^127\.0\.0\.1:\d+$/);
    }
    for (const { alert } of recording.alerts)
      expect(alert.generatorURL).toMatch(/^http:\/\/prometheus\.lab\//);
  });
});
