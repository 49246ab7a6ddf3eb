import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readRecording } from '../../collectors/recording.ts';

const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

function recorded(files: { series?: string; alerts?: string; meta?: string } = {}): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'recording-'));
  made.push(dir);
  const meta = {
    name: 'bad-deploy',
    about: 'checkout answers slowly',
    startsAt: '2026-11-24T06:33:50.000Z',
    endsAt: '2026-11-24T06:36:05.000Z',
    stepSeconds: 5,
    truth: [
      { what: 'deploy', entity: { service: 'checkout' }, cause: 'deploy', startsAt: '2026-11-24T06:34:30Z' },
    ],
    servers: { prometheus: '2.42.0' },
  };
  writeFileSync(path.join(dir, 'meta.json'), files.meta ?? JSON.stringify(meta));
  writeFileSync(path.join(dir, 'series.jsonl.gz'), gzipSync(files.series ?? ''));
  writeFileSync(path.join(dir, 'alerts.jsonl'), files.alerts ?? '\n');
  return dir;
}

const alert = (at: string, status: string, endsAt: string) =>
  JSON.stringify({
    at,
    labels: { alertname: 'Down' },
    annotations: { summary: 's' },
    startsAt: '2026-11-24T06:34:00Z',
    endsAt,
    status,
    fingerprint: 'b4e8',
    generatorURL: 'http://p/graph',
  });

describe('a recorded incident', () => {
  it('is read with real samples only and alerts in order of arrival', async () => {
    const series = '{"metric":{"__name__":"up","job":"a"},"start":1000,"step":5000,"values":[1,null,0]}\n';
    const alerts = [
      alert('2026-11-24T06:35:00Z', 'resolved', '2026-11-24T06:34:55Z'),
      alert('2026-11-24T06:34:01Z', 'firing', '0001-01-01T00:00:00Z'),
    ].join('\n');
    const recording = await readRecording(recorded({ series, alerts }));
    expect(recording.meta).toMatchObject({
      name: 'bad-deploy',
      stepSeconds: 5,
      servers: { prometheus: '2.42.0' },
    });
    expect([...recording.series[0]!.t]).toEqual([1000, 11000]);
    expect([...recording.series[0]!.v]).toEqual([1, 0]);
    expect(recording.alerts.map(one => one.alert.endsAt)).toEqual([
      undefined,
      Date.UTC(2026, 10, 24, 6, 34, 55),
    ]);
    expect(recording.alerts[0]!.alert.fingerprint).toBe('{alertname="Down"}');
  });

  it.each([
    [{ series: '{"metric":{}}\n' }, /series\.jsonl\.gz:1/],
    [{ alerts: '\nnot json' }, /alerts\.jsonl:2: not JSON/],
    [{ meta: '{"name":1}' }, /meta\.json/],
  ])('%j is an error with its place', async (files, message) => {
    await expect(readRecording(recorded(files))).rejects.toThrow(message);
  });

  it('names a file that is not there, or is no gzip', async () => {
    await expect(readRecording('/nowhere')).rejects.toThrow(/cannot read .*meta\.json/);
    const dir = recorded();
    writeFileSync(path.join(dir, 'series.jsonl.gz'), 'plain');
    await expect(readRecording(dir)).rejects.toThrow(/cannot read .*series\.jsonl\.gz/);
  });
});
