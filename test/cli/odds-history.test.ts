import { describe, expect, it } from 'vitest';
import { AlertMemory } from '../../cli/odds-history.ts';
import { alertStep } from '../../cli/odds-onsets.ts';
import { createRandom } from '../../core/random.ts';
import type { Series, SeriesSet, SeriesSource } from '../../core/series.ts';
import { hour } from '../../forecasters/incident-odds-past.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';

const day = 24 * hour;
const begin = Date.parse('2026-01-05T00:00:00Z');
const { signal } = new AbortController();

type Span = readonly [from: number, to: number];

function alert(service: string, spans: readonly Span[]): Series {
  const t = spans.flatMap(([from, to]) =>
    Array.from({ length: Math.round((to - from) / alertStep) + 1 }, (_, k) => begin + from + k * alertStep),
  );
  const labels = { __name__: 'ALERTS', alertname: 'Errors', alertstate: 'firing', service };
  return { labels, t: Float64Array.from(t), v: new Float64Array(t.length).fill(1) };
}

const up = (days: number): Series => {
  const t = Float64Array.from({ length: (days * day) / alertStep + 1 }, (_, k) => begin + k * alertStep);
  return { labels: { __name__: 'up', job: 'web' }, t, v: t.map(() => 1) };
};

/** Ten alerts that fire again and again over forty days. */
function busy(): readonly Series[] {
  const random = createRandom(3);
  const spans = (): Span[] => {
    const list: Span[] = [];
    for (let at = 0; at < 40 * day; ) {
      const from = at + alertStep * Math.ceil(400 * random());
      const to = from + alertStep * Math.floor(60 * random());
      list.push([from, to]);
      at = to + 4 * alertStep;
    }
    return list;
  };
  return [up(40), ...Array.from({ length: 10 }, (_, k) => alert(`s${k}`, spans()))];
}

/** A source that counts the steps that it is asked for alerts, and may answer in part. */
function counting(series: readonly Series[], change = (answer: SeriesSet, _end: number) => answer) {
  const source = createEvaluator(series, { lookback: alertStep });
  const asked = { steps: 0 };
  const counted: SeriesSource = {
    async queryRange(query) {
      if (!query.query.startsWith('count')) asked.steps += (query.end - query.start) / alertStep + 1;
      return change(await source.queryRange(query), query.end);
    },
  };
  return { counted, asked };
}

const spanTo = (until: number) => ({ from: until - 30 * day, until, signal });

describe('what is remembered of alerts', () => {
  it('is what reading all of it anew would tell, hour after hour, and only the new hour is asked for', async () => {
    const { counted, asked } = counting(busy());
    const memory = new AlertMemory(counted);
    await memory.read(spanTo(begin + 29 * day));
    for (let h = 1; h <= 60; h++) {
      const span = spanTo(begin + 29 * day + h * hour);
      asked.steps = 0;
      const known = await memory.read(span);
      expect(asked.steps).toBe(12);
      expect(known).toEqual(await new AlertMemory(counted).read(span));
    }
  });

  it('is one spell where an alert fires again within a quarter of an hour, also over two looks', async () => {
    const fires: Span[] = [
      [hour, 2 * hour],
      [2 * hour + 2 * alertStep, 3 * hour],
      [5 * hour, 6 * hour],
    ];
    const memory = new AlertMemory(counting([up(1), alert('a', fires)]).counted);
    await memory.read(spanTo(begin + 2 * hour));
    const { spells } = await memory.read(spanTo(begin + 8 * hour));
    expect(spells.map(({ from, to }) => [from - begin, to - begin])).toEqual([
      [hour, 3 * hour],
      [5 * hour, 6 * hour],
    ]);
  });

  it('says nothing of an alert that fires from the start of the history on', async () => {
    const memory = new AlertMemory(counting([up(1), alert('a', [[0, hour]])]).counted);
    expect((await memory.read(spanTo(begin + 8 * hour))).spells).toEqual([]);
  });

  it('is filled where an answer was partial, once it is whole', async () => {
    const at = begin + 20 * day;
    let away = true;
    const { counted } = counting(busy(), (answer, end) =>
      away && end === at
        ? { series: answer.series.slice(2), partial: true, warnings: ['a store is away'] }
        : answer,
    );
    const memory = new AlertMemory(counted);
    const missing = await memory.read(spanTo(at));
    away = false;
    const later = await memory.read(spanTo(at + hour));
    expect(later).toEqual(await new AlertMemory(counted).read(spanTo(at + hour)));
    expect(missing.spells.length).toBeLessThan(later.spells.length);
  });

  it('goes on after a gap of days from where it ended, and is read anew after one of months and a clock set back', async () => {
    const { counted, asked } = counting(busy());
    const memory = new AlertMemory(counted);
    await memory.read(spanTo(begin + 10 * day));
    const steps: number[] = [];
    for (const until of [begin + 14 * day, begin + 12 * day, begin + 60 * day]) {
      asked.steps = 0;
      const known = await memory.read(spanTo(until));
      steps.push(asked.steps);
      expect(known).toEqual(await new AlertMemory(counted).read(spanTo(until)));
    }
    const perDay = day / alertStep;
    expect(steps).toEqual([4 * perDay, 12 * perDay + 1, 30 * perDay + 1]);
  });
});
