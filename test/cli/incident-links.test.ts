import { expect, it } from 'vitest';
import { linksOf } from '../../cli/incident-links.ts';
import { configSchema } from '../../config/schema.ts';
import { checkoutIncident } from '../server/checkout-incident.ts';

const { incident } = checkoutIncident();
const links = (config: object) => linksOf(configSchema.parse({ packs: ['service'], ...config }))(incident);

it('an incident leads to the runbook that comes along, where the config names no other place', () => {
  expect(links({})).toEqual({ runbook: '/runbooks/ForeshockIncident' });
});

it('an incident leads to its dashboard in Grafana and to the runbook of the team', () => {
  const dashboards = { path: '/dashboards', grafana_url: 'https://grafana.example/g/' };
  const web = { runbook_url: 'https://wiki.example/{alert}' };
  expect(links({ dashboards, web })).toEqual({
    dashboardPath: 'https://grafana.example/g/d/foreshock-incident-checkout-1005',
    runbook: 'https://wiki.example/ForeshockIncident',
  });
});

it('a silence is made where people reach the Alertmanager, else where alerts go', () => {
  const receivers = [{ name: 'am', alertmanager: { url: 'http://am:9093' } }];
  expect(links({ receivers }).alertmanager).toBe('http://am:9093');
  const web = { alertmanager_url: 'https://alerts.example' };
  expect(links({ receivers, web }).alertmanager).toBe('https://alerts.example');
});

it('an incident leads to where its dashboard is pushed, until the policy takes it away', () => {
  const push = { url: 'https://grafana.example/', token_file: '/token' };
  const config = configSchema.parse({
    packs: ['service'],
    dashboards: { push, incidents: { resolved: 'remove' } },
  });
  expect(linksOf(config)(incident).dashboardPath).toBe(
    'https://grafana.example/d/foreshock-incident-checkout-1005',
  );
  expect(linksOf(config)({ ...incident, endsAt: incident.startsAt + 60_000 }).dashboardPath).toBeUndefined();
});
