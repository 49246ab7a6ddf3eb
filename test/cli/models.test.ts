import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { InferenceSession } from 'onnxruntime-web';
import { expect, test } from 'vitest';
import { loadOrExplain } from '../../cli/load.ts';
import { createModelBook } from '../../cli/model-book.ts';
import { maintenanceOf, wire } from '../../cli/wire.ts';
import { detectors } from '../../detectors/index.ts';
import { openModels } from '../../store/models.ts';
import { openStore } from '../../store/sqlite.ts';
import { foreshock, temporaryFolder } from './command.ts';
import { normalLife } from './virtual-past.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const t0 = Date.UTC(2026, 0, 5);
const step = 15_000;
const entities = [{ service: 'checkout' }, { service: 'payments' }];

/** A config whose store has two models of the class `service/service`; the store is closed. */
function storedModels(): { readonly config: string; readonly state: string } {
  const folder = temporaryFolder();
  const config = path.join(folder, 'c.yaml');
  const state = path.join(folder, 'state');
  writeFileSync(
    config,
    `prometheus: {url: http://127.0.0.1:9}\npacks: [service]\nstorage: {path: ${state}}\n`,
  );
  const loaded = loadOrExplain(config);
  const { detection, correlation } = loaded.config;
  const { watches } = wire(loaded.packs, {
    detection,
    correlation,
    url: '',
    maintenance: maintenanceOf(loaded.config),
  });
  const watch = watches.find(each => each.watch.class.name === 'service/service')!;
  const spec = watch.watch.class;
  const batches = Array.from({ length: 600 }, (_, i) => ({
    class: spec,
    t: t0 + i * step,
    entities,
    values: Float64Array.from({ length: entities.length * spec.signals.length }, (_, k) =>
      normalLife(entities[Math.floor(k / spec.signals.length)]!.service, t0 + i * step + k * 1000),
    ),
    partial: false,
  }));
  watch.fit({ batches, entities, failures: [] });
  const store = openStore(state);
  const book = createModelBook(store.models, silent);
  book.record(watch, 'first fit', t0 + 600 * step);
  book.record(watch, 'refresh', t0 + 86_400_000);
  store.close();
  return { config, state };
}

test('list shows every version with when, why, of how much, and which is in use', () => {
  const { config } = storedModels();
  const { stdout, code } = foreshock(['models', 'list', '--config', config]);
  expect(code).toBe(0);
  const [head, first, second] = stdout.split('\n').map(line => line.split(/ {2,}/));
  expect(head).toEqual(['CLASS', 'VERSION', 'AT', 'WHY', 'ROWS', 'ENTITIES', 'LEARNED UNTIL', 'RACE', 'USE']);
  expect(first?.toSpliced(7, 1)).toEqual([
    'service/service',
    '1',
    '2026-01-05T02:30:00Z',
    'first fit',
    '600',
    '2',
    '2026-01-05T02:29:45Z',
    'kept',
  ]);
  expect(second?.slice(1, 4)).toEqual(['2', '2026-01-06T00:00:00Z', 'refresh']);
  expect(second?.at(-1)).toBe('in use');
  for (const line of [first, second]) expect(Number(line?.at(-2))).toBeGreaterThan(0);
});

test('show has detectors with weights and held-out scores, and entities with their states', () => {
  const { config } = storedModels();
  const { stdout, code } = foreshock(['models', 'show', 'service/service', '--config', config]);
  expect(code).toBe(0);
  expect(stdout).toContain('service/service: model 2 (refresh) of 2026-01-06T00:00:00Z');
  expect(stdout).toMatch(/isolation-forest +[\d.]+ % +[\d.]+ % +480 +[\d.]+ +[\d.]+ +[\d.]+/);
  expect(stdout).toMatch(/checkout +watching/);
});

test('show has the race: every detector, losers too, and the ensemble, by kind of fault', () => {
  const { config } = storedModels();
  const { stdout } = foreshock(['models', 'show', 'service/service', '--config', config]);
  expect(stdout).toMatch(/RACE +WEIGHT +SPIKE +LEVEL SHIFT +DRIFT .*STUCK VALUE +ALL/);
  for (const { name } of detectors) expect(stdout).toMatch(new RegExp(`${name} +[\\d.]+ %( +[\\d.]+){7,}`));
  expect(stdout).toMatch(/together, default weights +[\d.]+/);
  expect(stdout).toMatch(/average precision on \d+ injected faults \(random: \.?[\d.]+\)/);
});

test('list and show say that a newer model was refused, and why', () => {
  const { config, state } = storedModels();
  const store = openStore(state);
  store.models.refuse({ class: 'service/service', at: t0 + 2 * 86_400_000, reason: 'worse in the race' });
  store.close();
  const list = foreshock(['models', 'list', '--config', config]).stdout.split('\n');
  expect(list[1]).toMatch(/kept$/);
  expect(list[2]).toMatch(/in use; refused at 2026-01-07T00:00:00Z: worse in the race$/);
  const { stdout } = foreshock(['models', 'show', 'service/service', '--config', config]);
  expect(stdout).toContain('; refused at 2026-01-07T00:00:00Z: worse in the race\n');
});

test('show of a class without a model exits with 1, of an unknown class with 2', () => {
  const { config } = storedModels();
  const none = foreshock(['models', 'show', 'service/instance', '--config', config]);
  expect([none.code, none.stdout]).toEqual([1, 'service/instance: no stored model\n']);
  const unknown = foreshock(['models', 'show', 'x/y', '--config', config]);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toMatch(/class x\/y: not in the config; there are service\/service, /);
});

test('rollback takes the version before back, beside a daemon that has the store open', () => {
  const { config, state } = storedModels();
  const daemon = openStore(state);
  const { stdout, code } = foreshock(['models', 'rollback', 'service/service', '--config', config]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/model 1 is taken back as model 3\. A running foreshock goes on with it within/);
  const versions = daemon.models.versions('service/service');
  expect(versions.map(each => each.why)).toEqual(['first fit', 'refresh', 'rollback']);
  expect(daemon.models.bytes('service/service', 3)).toEqual(daemon.models.bytes('service/service', 1));
  daemon.close();
});

test('rollback to a version that is not there, or without an earlier one, exits with 2 and says what there is', () => {
  const { config, state } = storedModels();
  const wrong = foreshock(['models', 'rollback', 'service/service', '--to', '9', '--config', config]);
  expect([wrong.code, wrong.stderr]).toEqual([
    2,
    'foreshock: --to 9: class service/service has the versions 1, 2\n',
  ]);
  const none = foreshock(['models', 'rollback', 'service/instance', '--config', config]);
  expect(none.stderr).toMatch(/service\/instance has no stored model/);
  expect(openModels(state)?.versions()).toHaveLength(2);
});

test('without a store it says where it looked', () => {
  const folder = temporaryFolder();
  const config = path.join(folder, 'c.yaml');
  writeFileSync(
    config,
    `prometheus: {url: http://127.0.0.1:9}\npacks: [service]\nstorage: {path: ${folder}/no}\n`,
  );
  const { code, stderr } = foreshock(['models', 'list', '--config', config]);
  expect(code).toBe(2);
  expect(stderr).toMatch(/no: no models are stored here; "foreshock run" makes them/);
});

test('export writes the autoencoder of a class as ONNX, which another runtime reads', async () => {
  const { config } = storedModels();
  const output = path.join(temporaryFolder(), 'deep', 'service.onnx');
  const args = ['models', 'export', '--config', config, '--class', 'service/service'];
  const { stderr, code } = foreshock([...args, '--format', 'onnx', '--output', output]);
  expect([code, stderr]).toEqual([0, `service/service: the autoencoder of model 2 is in ${output}\n`]);
  const file = readFileSync(output);
  const session = await InferenceSession.create(file);
  expect([session.inputNames, session.outputNames]).toEqual([['window'], ['reconstruction', 'score']]);
  expect(file.toString('latin1')).toMatch(/"entity":.*checkout/);
  const wrong = foreshock([...args, '--format', 'pmml', '--output', output]);
  expect([wrong.code, wrong.stderr]).toEqual([2, 'foreshock: --format pmml: there is onnx\n']);
});

test('export of a class without a model exits with 2', () => {
  const { config } = storedModels();
  const none = foreshock([
    'models',
    'export',
    '--config',
    config,
    '--class',
    'service/instance',
    '--output',
    '-',
  ]);
  expect([none.code, none.stderr]).toEqual([2, 'foreshock: class service/instance has no stored model\n']);
});
