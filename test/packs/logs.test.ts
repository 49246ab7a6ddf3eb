import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { resolvePack } from '../../config/resolve.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import type { LogLevel } from '../../core/log.ts';
import type { Series } from '../../core/series.ts';
import { LogSignals, type Sample } from '../../detectors/log-signals.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';

const step = 15_000;
const start = Date.UTC(2026, 0, 1);
const minute = 60_000;
const onset = start + 100 * minute;
const end = start + 110 * minute;

/** A service that says hello every second and beats every five; at the onset it fails and beats no more. */
function samplesOfADay(): Sample[] {
  const signals = new LogSignals({ learning: 30 * minute });
  const samples: Sample[] = [];
  const say = (t: number, template: string, level: LogLevel = 'info') =>
    signals.add({ t, entity: { service: 'cart' }, level, template, session: `r${t}` });
  for (let t = start + 1; t <= end; t += 1000) {
    say(t, 'hello');
    if (t < onset && (t - start) % 5000 === 1) say(t, 'beat');
    if (t > onset) {
      say(t, 'boom', 'error');
      say(t, 'again', 'warn');
    }
    if ((t - 1) % step === 0) samples.push(...signals.close(t - 1));
  }
  return [...samples, ...signals.close(end)];
}

function seriesOf(samples: readonly Sample[]): Series[] {
  const groups = new Map<string, { labels: Labels; t: number[]; v: number[] }>();
  for (const { labels, t, v } of samples) {
    const name = fingerprint(labels);
    const group = groups.get(name) ?? { labels, t: [], v: [] };
    group.t.push(t);
    group.v.push(v);
    groups.set(name, group);
  }
  return [...groups.values()].map(({ labels, t, v }) => ({
    labels,
    t: Float64Array.from(t),
    v: Float64Array.from(v),
  }));
}

const highest = (series: readonly Series[]) => Math.max(0, ...series.flatMap(({ v }) => [...v]));

const file = builtinPacks().get('logs')!;
const loaded = loadPack(file, readFileSync(file, 'utf8'));
if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
const { classes } = resolvePack(loaded.pack, { match: '', params: {}, step, scrapeInterval: step });

describe('the pack of logs over the signals of lines', () => {
  const source = createEvaluator(seriesOf(samplesOfADay()), { lookback: 2 * step, dialect: 3 });
  const ask = async (query: string, from: number, to: number) =>
    (await source.queryRange({ query, start: from, end: to, step })).series;

  for (const { class: owner, entityLabels, queries } of classes)
    owner.signals.forEach((spec, k) => {
      it(`${owner.name}/${spec.name} stays below its floor in normal life, where it is bad when high`, async () => {
        const normal = await ask(queries[k]!, onset - 20 * minute, onset);
        for (const { labels, v } of normal) {
          expect(Object.keys(labels).toSorted()).toEqual(entityLabels.toSorted());
          expect(Math.max(...v) - Math.min(...v)).toBeLessThanOrEqual(spec.floor);
        }
      });

      // All failing requests are of one kind, which is new once: far from a burst.
      if (spec.name === 'unseen_sessions') return;
      it(`${owner.name}/${spec.name} rises above its floor when the service fails`, async () => {
        const usual = highest(await ask(queries[k]!, onset - minute, onset));
        const failing = highest(await ask(queries[k]!, onset + step, onset + 6 * minute));
        expect(failing - (spec.bad === 'both' ? usual : 0)).toBeGreaterThanOrEqual(spec.floor);
      });
    });
});
