import { expect, it } from 'vitest';
import { createRules } from '../../alerts/rule.ts';
import { CardinalityWatch } from '../../cli/cardinality-watch.ts';
import { signalSchema } from '../../core/pack.ts';

const step = 300_000;
const spec = {
  name: 'k8s/pod',
  step,
  signals: [signalSchema.parse({ name: 'cpu', kind: 'cpu', query: 'q' })],
};
const entities = Array.from({ length: 12 }, (_, i) => ({ deployment: 'cart', pod: `p${i}` }));
const lostAt = 600;
const backAt = 612;

/** Ten of twelve pods are lost for an hour; answers what the rule tells, with the step. */
function told(accounted: (row: number) => boolean, partial = false): string[] {
  const watch = new CardinalityWatch({
    class: spec,
    entityLabels: ['deployment', 'pod'],
    absent: 'missing',
    queries: ['q'],
  });
  const options = { fpr: 0.01, open: 3, of: 5, close: 12, clear: 0.05, severity: 'warning', url: '' };
  const rules = createRules({ ...options, threshold: () => 12, signal: () => undefined });
  const out: string[] = [];
  for (let i = 0; i < 660; i++) {
    const gone = (row: number) => i >= lostAt && i < backAt && row > 1;
    const values = Float64Array.from(entities, (_, row) => (gone(row) ? Number.NaN : 1));
    const batch = { class: spec, t: i * step, entities, values, partial };
    for (const { labels, endsAt, startsAt } of rules.step(batch.t, watch.step(batch, accounted)))
      if (startsAt === batch.t || endsAt !== undefined)
        out.push(`${endsAt === undefined ? 'firing' : 'resolved'} ${labels.deployment} ${labels.signal}`);
  }
  return out;
}

it('pages once for the deployment that collapsed, and ends when it is back', () => {
  expect(told(() => false)).toEqual(['firing cart entities', 'resolved cart entities']);
});

it('leaves to absence what absence tells, and to departures what left for a reason', () => {
  expect(told(row => row < 9)).toEqual([]);
});

it('takes no partial answer for a smaller set', () => {
  expect(told(() => false, true)).toEqual([]);
});
