import { expect, it } from 'vitest';
import { createBudgetKeeper, parseBudget } from '../../alerts/budget.ts';
import { resume } from '../../cli/resume.ts';
import { createSelfAlerts } from '../../cli/self-alerts.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const budget = parseBudget('2 per service per 1w');
const us = { url: 'http://us', externalLabels: {} };
const late = {
  alertname: 'ForeshockPassLate',
  labels: {},
  severity: 'warning',
  summary: '',
  since: 1,
} as const;

it.each([
  ['a cut end', '[{"t":1,'],
  ['another version', '{"version":2}'],
  ['something else', 'SQLite format 3'],
])('alerts about itself and the measured budget start empty from %s, and it is said which', (_, text) => {
  const said: string[] = [];
  const self = resume(
    { name: 'self', state: bytes(text) },
    state => createSelfAlerts(us, state),
    part => said.push(part),
  );
  const keeper = resume(
    { name: 'budget', state: bytes(text) },
    state => createBudgetKeeper(budget, state),
    part => said.push(part),
  );
  expect(said).toEqual(['self', 'budget']);
  expect(self.step(2, [late]).map(each => each.status)).toEqual(['firing']);
  expect(keeper.realised(0).realisedPerDay).toBe(0);
});

it('goes on from a state that can be read, and says nothing', () => {
  const before = createSelfAlerts(us);
  before.step(2, [late]);
  const after = resume(
    { name: 'self', state: before.toBytes() },
    state => createSelfAlerts(us, state),
    () => expect.unreachable(),
  );
  expect(after.step(3, [late])).toEqual([]);
});
