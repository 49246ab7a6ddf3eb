import { expect, it } from 'vitest';
import { outdated } from '../../cli/dashboard-retention.ts';
import { configSchema } from '../../config/schema.ts';

const day = 86_400_000;
const now = 100 * day;
const policy = (incidents: object) =>
  configSchema.parse({ packs: ['node'], dashboards: { path: '/d', incidents } }).dashboards!.incidents;
const spell = (id: string, endedBefore?: number) => ({
  id,
  startsAt: now - 90 * day,
  endsAt: endedBefore === undefined ? undefined : now - endedBefore * day,
});
const gone = (spells: readonly ReturnType<typeof spell>[], incidents: object) => [
  ...outdated(spells, policy(incidents), now),
];

it('a dashboard goes thirty days after the end of its incident, unless the config says otherwise', () => {
  const spells = [spell('open'), spell('young', 29), spell('old', 31)];
  expect(gone(spells, {})).toEqual(['old']);
  expect(gone(spells, { keep: '7d' })).toEqual(['young', 'old']);
  expect(gone(spells, { keep: 'forever' })).toEqual([]);
});

it('of too many the oldest that are over go; one that is open never goes', () => {
  const spells = [spell('open'), spell('a', 3), spell('b', 1), spell('c', 2)];
  expect(gone(spells, { most: 3 })).toEqual(['a']);
  expect(gone(spells, { most: 1 })).toEqual(['b', 'c', 'a']);
  expect(gone([spell('x'), spell('y')], { most: 1 })).toEqual([]);
});

it('resolved: remove takes it away with its incident', () => {
  expect(gone([spell('open'), spell('over', 0)], { resolved: 'remove' })).toEqual(['over']);
});
