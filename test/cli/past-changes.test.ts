import { expect, it } from 'vitest';
import { PastChanges } from '../../cli/past-changes.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';

const minute = 60_000;
const begin = Date.parse('2026-03-01T10:00:00Z');

/** A version of checkout that runs from one minute to another. */
function version(name: string, from: number, to: number) {
  const t = Float64Array.from({ length: to - from }, (_, i) => begin + (from + i) * minute);
  const labels = { __name__: 'app_build_info', service: 'checkout', version: name };
  return { labels, t, v: t.map(() => 1) };
}

const source = createEvaluator([version('1.0.0', -5, 90), version('1.1.0', 90, 240)], {
  lookback: 2 * minute,
});

it('a deploy in the past is told at its time, once, also where the past is read in pieces', async () => {
  const changes = new PastChanges([{ name: 'prometheus', source }]);
  await changes.read({ start: begin, end: begin + 59 * minute, step: minute });
  expect(changes.take(begin + 59 * minute)).toEqual([]);
  await changes.read({ start: begin + 60 * minute, end: begin + 119 * minute, step: minute });
  expect(changes.take(begin + 89 * minute)).toEqual([]);
  const [deploy, ...more] = changes.take(begin + 100 * minute);
  expect(deploy).toMatchObject({ t: begin + 90 * minute, kind: 'deploy', entity: { service: 'checkout' } });
  expect(deploy?.text).toContain('1.1.0 runs, before it was 1.0.0');
  expect(more).toEqual([]);
  expect(changes.take(begin + 119 * minute)).toEqual([]);
  expect(changes.taken).toEqual([deploy]);
});

it('a source that cannot answer brings none, and keeps none of another away', async () => {
  const away = { queryRange: () => Promise.reject(new Error('away')) };
  const changes = new PastChanges([
    { name: 'away', source: away },
    { name: 'prometheus', source },
  ]);
  await changes.read({ start: begin, end: begin + 119 * minute, step: minute });
  expect(changes.take(begin + 119 * minute)).toHaveLength(1);
});
