import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { classSignature } from '../../cli/class-signature.ts';
import { trainClass } from '../../cli/class-training.ts';
import { loadOrExplain } from '../../cli/load.ts';
import { createSources } from '../../cli/sources.ts';
import { identityOf } from '../../cli/store-identity.ts';
import { maintenanceOf, wire } from '../../cli/wire.ts';
import type { SeriesSource } from '../../core/series.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { openStore } from '../../store/sqlite.ts';
import { sourceTarget } from '../server/source-target.ts';
import { foreshockBeside } from './command.ts';
import { createPast } from './virtual-past.ts';

const hour = 3_600_000;
const fittedAt = 100 * hour;
const begunAt = fittedAt - 50 * hour;
const dir = mkdtempSync(path.join(tmpdir(), 'foreshock-explain-'));
const file = path.join(dir, 'foreshock.yaml');
const past = createPast(['a', 'b'].map(service => ({ service, from: begunAt, until: 120 * hour })));
const over = 120 * hour;
/** Targets that are scraped as long as there are samples, and fail from then on. */
const scraped: SeriesSource = {
  async queryRange(asked) {
    if (!/\bup\[/.test(asked.query)) return past.queryRange(asked);
    const series = ['a', 'b'].map(service => ({
      labels: { service },
      t: Float64Array.of(asked.start),
      v: Float64Array.of(asked.start <= over ? 1 : 0),
    }));
    return { series, warnings: [], partial: false };
  },
};
const learned = {
  name: 'service/service',
  counts: {},
  statedRate: undefined,
  realisedRate: undefined,
  reasons: [],
};
const waiting = { ...learned, unlearned: 'it waits for its turn to be learned' };
let server: Server;

/** A daemon has fitted the service class, and stored it. */
beforeAll(async () => {
  const opened = openStore(dir);
  const identity = identityOf(opened, dir);
  opened.close();
  server = createServer({
    state: {
      incidents: () => [],
      incident: () => undefined,
      watch: () => ({ classes: [waiting], unusual: { total: 0, rows: [] }, sources: [], budget: undefined }),
      health: () => ({ healthy: true, ready: true, reasons: [] }),
    },
    registry: createMetrics().registry,
    results: sourceTarget(scraped, 120 * hour),
    routes: [],
    store: { id: identity.id, path: dir },
    log: () => undefined,
  });
  const { url } = await server.listen('127.0.0.1:0');
  writeFileSync(
    file,
    `prometheus: {url: "${url}"}\npacks: [service]\nglobal: {step: 1m, scrape_interval: 1m}\n` +
      `detection: {training: 4h, detectors: [robust-z]}\nstorage: {path: "${dir}"}\nweb: {listen: "${new URL(url).host}"}\n`,
  );
  const loaded = loadOrExplain(file);
  const { config, packs } = loaded;
  const sources = createSources(config, createMetrics());
  const job = { class: 'service/service', until: fittedAt, depth: 'whole' } as const;
  const trained = await trainClass(loaded, job, { sources });
  await sources.close();
  if (trained === undefined || 'leftOut' in trained) throw new Error('the class was not fitted');
  const { detection, correlation } = config;
  const wired = wire(packs, { detection, correlation, url: '', maintenance: maintenanceOf(config) });
  const watch = wired.watches.find(each => each.watch.class.name === job.class);
  const store = openStore(dir);
  const { bytes, ...rest } = trained.snapshot;
  const version = { class: job.class, at: fittedAt, why: 'first fit' } as const;
  store.models.add({ ...version, ...rest, signature: classSignature(watch!) }, bytes);
  store.close();
});
afterAll(async () => {
  await server.close();
  rmSync(dir, { recursive: true });
});

const explain = (at: number, entity = 'a') =>
  foreshockBeside(['explain', entity, '--at', new Date(at).toISOString(), '--config', file]);

it('explains a moment by the model that was in use, and says which that is', async () => {
  const { code, stdout, stderr } = await explain(fittedAt + 2 * hour);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^a \(service\/service\)\n {2}state {3}watching, /m);
  expect(stdout).toContain('  model   version 1 of 1970-01-05T04:00:00Z (first fit), as stored');
  expect(stdout).not.toContain('b (');
});

it('sees that all targets of a class are down, as the daemon does', async () => {
  const { code, stdout, stderr } = await explain(over + hour / 10);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/no signal (?:has had a sample|that has a history has a sample)/);
});

it('fits the history before a moment of which no model is stored', async () => {
  const { code, stdout, stderr } = await explain(fittedAt - 2 * hour);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('  model   fitted on the history before that moment, as none of then is stored');
});

it('says of a class that has too little history that it has no model yet, and what the running foreshock says of it', async () => {
  const { code, stdout, stderr } = await explain(begunAt + hour / 4);
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain('nothing that is watched matches "a" at ');
  expect(stderr).toMatch(
    /^service\/service has no model yet: the history of the 2 .* begins at less than 30m before /m,
  );
  expect(stderr).toMatch(/; now, says the foreshock that runs: it waits for its turn to be learned$/m);
});

it('does not say of a class that has a model that it has none', async () => {
  const { code, stderr } = await explain(fittedAt + 2 * hour, 'nobody');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^nothing that is watched matches "nobody"/);
  expect(stderr).not.toContain('no model yet');
});
