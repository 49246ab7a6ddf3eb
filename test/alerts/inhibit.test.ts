import { expect, it } from 'vitest';
import { createInhibit } from '../../alerts/inhibit.ts';
import { firing } from './alerts.ts';

const down = firing({ alertname: 'Down', severity: 'critical', service: 'a' });
const slow = firing({ alertname: 'Slow', severity: 'warning', service: 'a' });
const elsewhere = firing({ alertname: 'Slow', severity: 'warning', service: 'b' });
const rule = {
  source_matchers: ['severity="critical"'],
  target_matchers: ['severity=~"warn.*|critical"'],
  equal: ['service'],
};

it('holds back the target that agrees with a firing source, and says by what', () => {
  const { passed, held } = createInhibit([rule])(1, [slow, down, elsewhere]);
  expect(passed).toEqual([down, elsewhere]);
  expect(held).toMatchObject([{ alert: slow, by: expect.stringContaining('inhibited by Down') }]);
});

it('never lets alerts that match both sides hold back each other', () => {
  const other = firing({ alertname: 'Full', severity: 'critical', service: 'a' });
  expect(createInhibit([rule])(1, [down, other]).held).toEqual([]);
});

it('remembers a source that came once, and lets the target go when it ends', () => {
  const hold = createInhibit([rule]);
  hold(1, [down]);
  expect(hold(2, [slow]).passed).toEqual([]);
  expect(hold(3, [])).toEqual({ passed: [], held: [] });
  const ended = { ...down, endsAt: 4 };
  expect(hold(4, [ended]).passed).toEqual([ended, slow]);
  expect(hold(5, [])).toEqual({ passed: [], held: [] });
});

it('forgets a target that ends meanwhile', () => {
  const hold = createInhibit([rule]);
  hold(1, [down, slow]);
  hold(2, [{ ...slow, endsAt: 2 }]);
  expect(hold(3, [{ ...down, endsAt: 3 }]).passed).toHaveLength(1);
});

it('lets all through without rules', () => {
  expect(createInhibit([])(1, [down, slow]).passed).toEqual([down, slow]);
});

it('remembers over a restart what holds back, and what is held back', () => {
  const before = createInhibit([rule]);
  before(1, [down, slow]);
  const hold = createInhibit([rule], { stored: before.toBytes() });
  const again = { ...slow, labels: { ...slow.labels, alertname: 'Slower' }, fingerprint: 'slower' };
  expect(hold(2, [again]).held).toMatchObject([{ alert: again }]);
  const ended = { ...down, endsAt: 3 };
  expect(hold(3, [ended]).passed).toEqual([ended, slow, again]);
});

it('lets go after a restart what no rule holds back any more', () => {
  const before = createInhibit([rule]);
  before(1, [down, slow]);
  expect(createInhibit([], { stored: before.toBytes() })(2, []).passed).toEqual([slow]);
});

it('says so when the stored state is something else', () => {
  expect(() => createInhibit([rule], { stored: new TextEncoder().encode('{}') })).toThrow();
});
