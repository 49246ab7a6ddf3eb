import { expect, it } from 'vitest';
import { createClassRules } from '../../alerts/class-rules.ts';
import type { RuleOptions } from '../../alerts/rule.ts';
import type { Anomaly } from '../../core/detector.ts';

const options: RuleOptions = {
  fpr: 0.01,
  open: 1,
  of: 1,
  close: 1,
  clear: 0.05,
  severity: 'warning',
  goneAfter: 900_000,
  url: 'http://x',
  signal: () => undefined,
};

const at = (t: number, name: string, p: number): Anomaly => ({
  class: name,
  entity: { instance: 'a' },
  t,
  score: 1,
  p,
  shares: [{ signal: 'cpu', share: 1 }],
  band: undefined,
  worst: undefined,
  state: 'watching',
  reason: '',
});
const both = new Set(['node/node@eu', 'node/node@us']);
const eu = new Set(['node/node@eu']);
const us = new Set(['node/node@us']);

it('moves only the classes of which the step is known', () => {
  const rules = createClassRules(options, both);
  rules.stepOf(1000, [at(1000, 'node/node@eu', 1e-6), at(1000, 'node/node@us', 1e-6)], both);
  const resolved = rules.stepOf(2000, [at(2000, 'node/node@us', 0.9)], us);
  expect(resolved.map(alert => [alert.labels.class, alert.endsAt])).toEqual([['node/node@us', 2000]]);
  expect(rules.standing('node/node@eu', { instance: 'a' }).since).toBe(1000);
});

it('counts nobody as gone for the time in which it was blind', () => {
  const rules = createClassRules(options, both);
  rules.stepOf(1000, [at(1000, 'node/node@eu', 1e-6)], both);
  for (let t = 60_000; t < 3_600_000; t += 60_000) rules.stepOf(t, [], us);
  const [back] = rules.stepOf(3_600_000, [], eu);
  expect(back).toMatchObject({ startsAt: 1000, endsAt: undefined });
});

it('ends what is open of a class that left the config, also after a restart', () => {
  const before = createClassRules(options, both);
  before.stepOf(1000, [at(1000, 'node/node@eu', 1e-6)], both);
  const after = createClassRules(options, us, before.toBytes());
  const ends = [];
  const names = new Set([...us, ...after.unwatched]);
  for (let t = 2000; t < 1_200_000; t += 60_000) ends.push(...after.stepOf(t, [], names));
  expect(ends.filter(alert => alert.endsAt !== undefined).map(alert => alert.labels.class)).toEqual([
    'node/node@eu',
  ]);
});

it('takes no step twice, also after a restart', () => {
  const before = createClassRules({ ...options, close: 2 }, eu);
  before.stepOf(1000, [at(1000, 'node/node@eu', 1e-6)], eu);
  before.stepOf(2000, [at(2000, 'node/node@eu', 0.9)], eu);
  const after = createClassRules({ ...options, close: 2 }, eu, before.toBytes());
  expect(after.stepOf(2000, [at(2000, 'node/node@eu', 0.9)], eu)).toEqual([]);
  expect(after.stepOf(3000, [at(3000, 'node/node@eu', 0.9)], eu)).toMatchObject([{ endsAt: 3000 }]);
});
