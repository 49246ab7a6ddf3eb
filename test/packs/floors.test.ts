import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRecording } from '../../collectors/recording.ts';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { resolvePack } from '../../config/resolve.ts';
import { fingerprint } from '../../core/labels.ts';
import type { Series, SeriesSource } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';

/** What the lab's normal life cannot say of a host: others worked on the same machine while it was recorded. */
const sharedHost = ['cpu_used', 'load_per_cpu', 'major_faults', 'disk_written', 'network_in'];
const step = 15_000;
const around = 20;
const faults = ['redis-stall', 'bad-deploy', 'cpu-leak', 'instance-killed', 'tune-41-pg-lock'] as const;

/** Requests have a rhythm, which is in their band and not in their floor; everything else is steady. */
const allowedAbove = (signal: string) => (['traffic', 'calls'].includes(signal) ? 0.5 : 0.01);

interface Recorded {
  readonly source: SeriesSource;
  readonly from: number;
  readonly onset: number;
  readonly over: number;
}

async function recorded(name: string): Promise<Recorded> {
  const { meta, series } = await readRecording(path.resolve(import.meta.dirname, '../lab/recordings', name));
  const onset = Math.min(...meta.truth.map(one => one.startsAt));
  const over = Math.max(...meta.truth.map(one => one.endsAt ?? meta.endsAt));
  const source = createEvaluator(series, { lookback: 2 * step, dialect: 2 });
  return { source, from: meta.startsAt + 120_000, onset, over };
}

function median(values: Float64Array): number {
  const sorted = values.toSorted();
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Distances of the samples of a series from the median of the 10 minutes around each. */
function spread({ v }: Series): number[] {
  return [...v].map((value, i) => Math.abs(value - median(v.slice(Math.max(0, i - around), i + around + 1))));
}

const signals = [...builtinPacks().values()].flatMap(file => {
  const loaded = loadPack(file, readFileSync(file, 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
  const resolved = resolvePack(loaded.pack, { match: '', params: {}, step, scrapeInterval: step });
  return resolved.classes.flatMap(({ class: { name: owner, signals: specs }, queries }) =>
    specs.map((spec, k) => ({ name: `${owner}/${spec.name}`, spec, query: queries[k]! })),
  );
});

describe('the floors of the packs', () => {
  let lab: Readonly<Record<(typeof faults)[number], Recorded>>;
  const ask = async (name: string, recording: Recorded, from: number, to: number) => {
    const { query } = signals.find(one => one.name === name)!;
    const start = Math.ceil(from / step) * step;
    return (await recording.source.queryRange({ query, start, end: to, step })).series;
  };

  beforeAll(async () => {
    const [a, b, c, d, e] = await Promise.all(faults.map(recorded));
    lab = {
      'redis-stall': a!,
      'bad-deploy': b!,
      'cpu-leak': c!,
      'instance-killed': d!,
      'tune-41-pg-lock': e!,
    };
  });

  test.each(signals.map(one => one.name))('normal life stays below the floor of %s', async name => {
    const { spec } = signals.find(one => one.name === name)!;
    expect(spec.floor).toBeGreaterThan(0);
    if (sharedHost.includes(spec.name)) return;
    const normal = await Promise.all(Object.values(lab).map(each => ask(name, each, each.from, each.onset)));
    const all = normal.flat().flatMap(spread);
    const above = all.filter(distance => distance > spec.floor).length;
    expect(above / Math.max(1, all.length)).toBeLessThanOrEqual(allowedAbove(spec.name));
  });

  test.each([
    ['redis-stall', 'service/service/error_ratio'],
    ['redis-stall', 'service/dependency/call_latency_p95'],
    ['bad-deploy', 'service/service/latency_p50'],
    ['bad-deploy', 'service/instance/instance_error_ratio'],
    ['cpu-leak', 'service/instance/cpu'],
    ['instance-killed', 'service/instance/up'],
    ['instance-killed', 'service/dependency/call_error_ratio'],
    ['tune-41-pg-lock', 'postgresql/server/connections_used'],
    ['tune-41-pg-lock', 'postgresql/server/exclusive_locks'],
    ['tune-41-pg-lock', 'postgresql/server/oldest_transaction'],
  ] as const)('the fault %s rises far above the floor of %s', async (fault, name) => {
    const recording = lab[fault];
    const before = await ask(name, recording, recording.from, recording.onset);
    const during = await ask(name, recording, recording.onset, recording.over);
    const usual = new Map(before.map(({ labels, v }) => [fingerprint(labels), median(v)]));
    const rises = during.flatMap(({ labels, v }) =>
      [...v].map(value => Math.abs(value - (usual.get(fingerprint(labels)) ?? value))),
    );
    const { spec } = signals.find(one => one.name === name)!;
    expect(Math.max(...rises)).toBeGreaterThan(1.5 * spec.floor);
  });
});
