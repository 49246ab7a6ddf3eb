import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { identitiesOf } from '../../cli/sources.ts';
import { maintenanceOf, wire } from '../../cli/wire.ts';
import { loadConfig } from '../../config/load.ts';
import { entityOf } from '../../core/watched-class.ts';

function wired(text: string) {
  const readFile = (path: string) => (path === '/c.yaml' ? text : readFileSync(path, 'utf8'));
  const result = loadConfig('/c.yaml', { env: {}, readFile });
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  const { detection, correlation } = result.config;
  const maintenance = maintenanceOf(result.config);
  const sources = identitiesOf(result.config);
  return wire(result.packs, { detection, correlation, url: '', maintenance, sources }).watches.map(
    ({ watch }) => watch,
  );
}

it('names a class by its pack when there is one source, and takes no label from it', () => {
  const [watch] = wired('prometheus: {url: "http://a"}\npacks: [service]\n');
  expect(watch?.class.name).toBe('service/service');
  expect(entityOf(watch!, { service: 'web', code: '500' })).toEqual({ service: 'web' });
});

it('watches a class once a source, and tells its entities apart by the labels of the source', () => {
  const watches = wired(
    `prometheus: [{name: eu, url: "http://a", external_labels: {region: eu}}, {name: us, url: "http://b"}]
packs: [service, {pack: prometheus, source: us}]
`,
  );
  const service = watches.filter(({ class: { name } }) => name.startsWith('service/service@'));
  expect(service.map(({ class: { name } }) => name)).toEqual(['service/service@eu', 'service/service@us']);
  expect(service.map(watch => entityOf(watch, { service: 'web' }))).toEqual([
    { service: 'web', region: 'eu' },
    { service: 'web', source: 'us' },
  ]);
  const others = watches.filter(({ class: { name } }) => name.startsWith('prometheus/'));
  expect(new Set(others.map(({ source }) => source?.name))).toEqual(new Set(['us']));
});
