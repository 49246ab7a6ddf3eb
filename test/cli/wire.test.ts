import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { identitiesOf } from '../../cli/sources.ts';
import { maintenanceOf, wire } from '../../cli/wire.ts';
import { loadConfig } from '../../config/load.ts';
import { entityOf } from '../../core/watched-class.ts';

function wireOptions(text: string) {
  const readFile = (path: string) => (path === '/c.yaml' ? text : readFileSync(path, 'utf8'));
  const result = loadConfig('/c.yaml', { env: {}, readFile });
  if (!result.ok) throw new Error(JSON.stringify(result.mistakes));
  const { detection, correlation } = result.config;
  const maintenance = maintenanceOf(result.config);
  const sources = identitiesOf(result.config);
  return { packs: result.packs, options: { detection, correlation, url: '', maintenance, sources } };
}

function wired(text: string) {
  const { packs, options } = wireOptions(text);
  return wire(packs, options).watches.map(({ watch }) => watch);
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

it('starts a stage empty whose stored state is damaged or of another version, and says which; the others go on', () => {
  const { packs, options } = wireOptions('prometheus: {url: "http://a"}\npacks: [service]\n');
  const before = wire(packs, options);
  before.thresholds.fit('service/service', { peaks: [3, 4, 5], watched: 1e9 });
  const of = before.thresholds.of('service/service', { service: 'web' });
  const bytes = (text: string) => new TextEncoder().encode(text);
  const said: string[] = [];
  const after = wire(packs, {
    ...options,
    stored: {
      rule: bytes('[["service/service {}", {"flags": []}]]'),
      correlate: bytes('{"version": 99}'),
      tell: bytes('{"cut'),
      thresholds: before.thresholds.toBytes(),
      inhibit: bytes('{}'),
    },
    unreadable: stage => said.push(stage),
  });
  expect(said.sort()).toEqual(['correlate', 'inhibit', 'rule', 'tell']);
  expect(after.stages.rule.step(0, [])).toEqual([]);
  expect(after.thresholds.of('service/service', { service: 'web' })).toBe(of);
});
