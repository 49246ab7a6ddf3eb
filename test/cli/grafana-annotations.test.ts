import { expect, it } from 'vitest';
import { annotationsOf, changeAnnotation } from '../../cli/grafana-annotations.ts';
import { checkoutIncident } from '../server/checkout-incident.ts';

const { incident } = checkoutIncident();
const [first] = incident.members;
const ours = {
  ...first!,
  alert: {
    ...first!.alert,
    labels: { service: '<i>pay</i>', class: 'service/service', signal: 'error_ratio' },
  },
};

it('an incident is one mark, and each anomaly of ours in it another; alerts of others are not doubled', () => {
  const marks = annotationsOf({ ...incident, members: [...incident.members, ours] }, 'http://page/1');
  expect(marks.map(({ tags }) => tags[1])).toEqual(['incident', 'anomaly']);
  expect(marks[1]?.text).toBe('&lt;i&gt;pay&lt;/i&gt;: error ratio');
});

it('the same incident has the same ids while it grows and ends, another one others', () => {
  const ids = (one: typeof incident) => annotationsOf(one, 'http://page/1').map(({ id }) => id);
  const grown = { ...incident, members: [...incident.members, incident.members[0]!] };
  expect(ids(grown)).toEqual(ids(incident));
  expect(ids({ ...incident, endsAt: incident.startsAt + 1 })).toEqual(ids(incident));
  expect(ids({ ...incident, id: 'other' })).not.toEqual(ids(incident));
});

it('a storm makes fifty marks of anomalies at most, a page that is no address no link, a long text an end', () => {
  const member = (k: number) => ({
    ...ours,
    alert: { ...ours.alert, labels: { ...ours.alert.labels, service: `s${k}` } },
  });
  const storm = { ...incident, members: Array.from({ length: 500 }, (_, k) => member(k)) };
  expect(annotationsOf(storm, 'http://page/1')).toHaveLength(51);
  expect(annotationsOf(incident, 'javascript:alert(1)')[0]?.text).not.toContain('href');
  const change = { t: 0, entity: { service: 'a' }, kind: 'deploy', text: 'x'.repeat(10_000) };
  expect(changeAnnotation(change).text.length).toBeLessThan(600);
});
