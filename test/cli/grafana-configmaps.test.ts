import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { configMaps, objectName } from '../../cli/grafana-configmaps.ts';
import { dashboardShell } from '../../dashboards/shell.ts';

const about = { title: 'Big', tags: [], from: 'now-6h', to: 'now' };
const dashboard = (uid: string, text: string): Dashboard =>
  dashboardShell({ ...about, uid, about: text }).build();

it('every uid gets a name that Kubernetes takes, and two uids never the same one', () => {
  const uids = ['foreshock-a', 'foreshock_a', 'Foreshock-a', '-a-', '___', `x${'y'.repeat(39)}Z`];
  const names = uids.map(objectName);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  expect(new Set(names).size).toBe(uids.length);
  expect(names[0]).toBe('foreshock-a');
});

it('the JSON in a ConfigMap is the dashboard, byte for byte, whatever a label value holds', () => {
  const text = 'quotes " \' and {{ braces }}, <b>, $var, tab\t, é 日本 😀';
  const [file] = configMaps([dashboard('foreshock-x', text)], 'foreshock');
  const { data } = parse(file?.content ?? '');
  expect(JSON.parse(data['foreshock-x.json'])).toEqual(
    JSON.parse(JSON.stringify(dashboard('foreshock-x', text))),
  );
});

it('a dashboard that fits only without its blanks is written without them; one that cannot fit is refused by name', () => {
  const many = (count: number): Dashboard => ({
    ...dashboard('foreshock-big', 'x'),
    tags: Array.from({ length: count }, () => 't'.repeat(20)),
  });
  const [small] = configMaps([many(10_000)], 'f');
  expect(Buffer.byteLength(JSON.stringify(many(10_000), null, 2))).toBeLessThan(1_048_576);
  expect(parse(small?.content ?? '').data['foreshock-big.json']).toContain('\n');
  const [tight] = configMaps([many(40_000)], 'f');
  expect(parse(tight?.content ?? '').data['foreshock-big.json']).not.toContain('\n');
  expect(() => configMaps([many(60_000)], 'f')).toThrow(
    /dashboard foreshock-big has \d+ bytes, a ConfigMap takes 1048576/,
  );
});
