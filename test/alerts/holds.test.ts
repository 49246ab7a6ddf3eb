import { expect, it } from 'vitest';
import { createInhibit } from '../../alerts/inhibit.ts';
import { createSilence } from '../../alerts/silence.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';

const alert = (labels: Labels) => ({
  labels,
  annotations: {},
  startsAt: 0,
  endsAt: undefined,
  generatorURL: '',
  fingerprint: fingerprint(labels),
});
const critical = alert({ alertname: 'Down', severity: 'critical', service: 'a' });
const warning = alert({ alertname: 'Slow', severity: 'warning', service: 'a' });
const elsewhere = alert({ alertname: 'Slow', severity: 'warning', service: 'b' });

it('inhibits the target that agrees with a firing source, and says by what', () => {
  const hold = createInhibit([
    { source: ['severity="critical"'], target: ['severity=~"warn.*"'], equal: ['service'] },
  ]);
  const { passed, held } = hold(1, [critical, warning, elsewhere]);
  expect(passed).toEqual([critical, elsewhere]);
  expect(held).toMatchObject([{ alert: warning, by: expect.stringContaining('Down') }]);
});

it('silences between its times only', () => {
  const hold = createSilence([{ matchers: ['service!="b"'], startsAt: 10, endsAt: 20, comment: 'upgrade' }]);
  expect(hold(9, [warning]).held).toEqual([]);
  expect(hold(10, [warning, elsewhere])).toEqual({
    passed: [elsewhere],
    held: [{ alert: warning, by: 'silenced: upgrade' }],
  });
  expect(hold(20, [warning]).held).toEqual([]);
});
