import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Recording, readRecording } from '../../collectors/recording.ts';
import { faults } from './faults.ts';

const folder = path.join(import.meta.dirname, 'recordings');
const names = existsSync(folder) ? readdirSync(folder).sort() : [];
const minute = 60_000;
const files = ['alerts.jsonl', 'logs.jsonl.gz', 'meta.json', 'series.jsonl.gz'];

function text(dir: string, file: string): string {
  const data = readFileSync(path.join(dir, file));
  return (file.endsWith('.gz') ? gunzipSync(data) : data).toString('utf8');
}

it('at least four incidents are recorded', () => {
  expect(names.length).toBeGreaterThanOrEqual(4);
});

describe.each(names)('the recording %s', name => {
  const dir = path.join(folder, name);
  let recording: Recording;
  let onset = 0;
  let over = 0;

  beforeAll(async () => {
    recording = await readRecording(dir);
    onset = Math.min(...recording.meta.truth.map(one => one.startsAt));
    over = Math.max(...recording.meta.truth.map(one => one.endsAt ?? Number.NaN));
  });

  it('is of a known fault and tells its truth inside of its range', () => {
    const { meta } = recording;
    const fault = faults.find(one => one.name === name);
    expect(meta).toMatchObject({ name, about: fault?.what });
    expect(meta.truth).toHaveLength(1);
    expect(meta.startsAt).toBeLessThan(onset);
    expect(onset).toBeLessThan(over);
    expect(over).toBeLessThan(meta.endsAt);
  });

  it('holds at least 45 minutes of normal life before the fault', () => {
    expect(onset - recording.meta.startsAt).toBeGreaterThanOrEqual(45 * minute);
  });

  it('has all samples on its grid', () => {
    const { startsAt, endsAt, stepSeconds } = recording.meta;
    const step = stepSeconds * 1000;
    expect(recording.series.length).toBeGreaterThan(500);
    for (const { labels, t, v } of recording.series) {
      const off = t.filter(one => (one - startsAt) % step !== 0 || one < startsAt || one > endsAt);
      expect([...off], JSON.stringify(labels)).toEqual([]);
      expect(v.every(Number.isFinite)).toBe(true);
    }
  });

  it('misses hardly a scrape while all is well', () => {
    const { startsAt, stepSeconds } = recording.meta;
    const expected = (onset - startsAt) / (stepSeconds * 1000);
    const up = recording.series.filter(one => one.labels.__name__ === 'up');
    expect(up).toHaveLength(10);
    for (const { labels, t, v } of up) {
      const good = v.filter((value, i) => value === 1 && t[i]! < onset).length;
      expect(good / expected, labels.instance).toBeGreaterThan(0.95);
    }
  });

  it('has alerts during the fault, and hardly any before it', () => {
    const firing = recording.alerts.filter(one => one.alert.endsAt === undefined);
    const between = (from: number, to: number) => firing.filter(one => one.at >= from && one.at < to);
    expect(between(onset, over).length).toBeGreaterThanOrEqual(1);
    expect(between(recording.meta.startsAt + 2 * minute, onset).length).toBeLessThanOrEqual(2);
  });

  it('has logs in order of time, and worse ones during the fault', () => {
    const lines = text(dir, 'logs.jsonl.gz').trimEnd().split('\n');
    const times = lines.map(line => Date.parse(/"time":"([^"]+)"/.exec(line)?.[1] ?? ''));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const worse = (from: number, to: number) =>
      lines.filter((line, i) => /"level":"(warn|error)"/.test(line) && times[i]! >= from && times[i]! < to);
    const perMinute = (from: number, to: number) => (worse(from, to).length * minute) / (to - from);
    expect(perMinute(onset, over)).toBeGreaterThan(perMinute(recording.meta.startsAt, onset));
  });

  it('is small and names no folder and no host of a machine', () => {
    expect(readdirSync(dir).sort()).toEqual(files);
    expect(files.reduce((sum, file) => sum + statSync(path.join(dir, file)).size, 0)).toBeLessThan(3e6);
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
