import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createBudgetKeeper, parseBudget } from '../../alerts/budget.ts';
import { previewOf } from '../../cli/dashboard-preview.ts';
import { createFeedbackBook } from '../../cli/feedback-book.ts';
import { loadOrExplain } from '../../cli/load.ts';
import { storedSource } from '../../cli/results-from-store.ts';
import { seriesKey } from '../../cli/series-key.ts';
import { storedWatches } from '../../cli/stored-watches.ts';
import { fleetOverview } from '../../dashboards/fleet.ts';
import { readDashboard } from '../../dashboards/preview-model.ts';
import { openStore } from '../../store/sqlite.ts';
import { smallPack } from '../dashboards/fleet.ts';
import { storedModels } from '../rules/stored-models.ts';
import { temporaryFolder } from './command.ts';

const now = Date.UTC(2026, 2, 1, 12);

it('a preview shows what lies in the store of a foreshock that does not run', async () => {
  const directory = temporaryFolder();
  const store = openStore(directory);
  const labels = { class: 'service/service', service: 'checkout' };
  const t = Float64Array.from({ length: 120 }, (_, i) => now - (119 - i) * 60_000);
  for (const [name, value] of [
    ['foreshock_anomaly_score', 9],
    ['foreshock_anomaly', 1],
  ] as const)
    store.results.append(
      seriesKey({ ...labels, __name__: name }),
      t,
      t.map(() => value),
    );
  store.close();
  const sources = {
    metrics: [],
    foreshock: storedSource({ directory, watches: [], budget: '2 per service per 1w', now: () => now }),
    scrape: 15_000,
    said: '',
  };
  const dashboard = readDashboard(JSON.parse(JSON.stringify(fleetOverview([smallPack]))));
  const { signal } = new AbortController();
  const { html, unanswered } = await previewOf(dashboard, sources, { now, incidents: [], signal });
  expect(unanswered).toEqual([]);
  expect(html).toContain('checkout');
});

describe('what a preview reads of the store of a foreshock that does not run', () => {
  const at = Date.UTC(2026, 10, 26, 12);
  const budget = '2 per service per 1w';
  const entities = [{ service: 'cart' }, { service: 'pay' }];
  const valuesOf = async (config: string, query: string, said: string[] = []) => {
    const loaded = loadOrExplain(config);
    const directory = loaded.config.storage.path;
    const watches = storedWatches(loaded, undefined, message => said.push(message));
    const { queryRange } = storedSource({ directory, watches, budget, now: () => at });
    const { series } = await queryRange({ query, start: at, end: at, step: 1000 });
    return series.map(({ labels: { service }, v }) => [service, v[0]] as const);
  };

  it('are the ranges of the stored models, those that the daemon would tell', async () => {
    const { config, watch } = storedModels(temporaryFolder(), entities);
    for (const [name, part] of [
      ['foreshock_expected_lower', 'low'],
      ['foreshock_expected', 'mid'],
      ['foreshock_expected_upper', 'high'],
    ] as const) {
      const expected = entities.map((entity, row) => [
        entity.service,
        watch.model!.bandOf(
          row,
          watch.watch.class.signals.findIndex(each => each.name === 'traffic'),
          at,
        )![part],
      ]);
      expect(await valuesOf(config, `${name}{signal="traffic"}`)).toEqual(expected);
    }
  });

  it('are no ranges of a model that was made for another config, or of one that is damaged, which is told', async () => {
    const { config } = storedModels(temporaryFolder(), entities);
    const { storage } = loadOrExplain(config).config;
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, `${text}detection: {fpr: 0.002}\n`);
    expect(await valuesOf(config, 'foreshock_expected')).toEqual([]);
    writeFileSync(config, text);
    const { models, close } = openStore(storage.path);
    const [newest] = models.versions('service/service');
    models.replace(newest!, new TextEncoder().encode('{"torn'));
    close();
    const said: string[] = [];
    expect(await valuesOf(config, 'foreshock_expected', said)).toEqual([]);
    expect(said).toEqual([expect.stringMatching(/^service\/service: model 1 cannot be used \(/)]);
  });

  it('are the budgets: what was told, without what people called real, and none for the others that are watched', async () => {
    const { config } = storedModels(temporaryFolder(), entities);
    const keeper = createBudgetKeeper(parseBudget(budget));
    for (const incident of ['a', 'b', 'real']) keeper.count(at - 3_600_000, { service: 'cart', incident });
    const store = openStore(loadOrExplain(config).config.storage.path);
    store.values('budget').set('told', keeper.toBytes());
    createFeedbackBook(store.values('feedback')).add({ kind: 'confirm', incident: 'real', at, by: 'ann' });
    store.close();
    expect(await valuesOf(config, 'foreshock_budget_pages')).toEqual([
      ['cart', 2],
      ['pay', 0],
    ]);
    expect(await valuesOf(config, 'foreshock_budget_allowed')).toEqual([
      ['cart', 2],
      ['pay', 2],
    ]);
  });

  it('is nothing where there is no store', async () => {
    const config = path.join(temporaryFolder(), 'c.yaml');
    writeFileSync(
      config,
      `prometheus: {url: "http://127.0.0.1:9"}\npacks: [service]\nstorage: {path: ${config}-none}\n`,
    );
    expect(await valuesOf(config, 'foreshock_expected')).toEqual([]);
    expect(await valuesOf(config, 'foreshock_budget_pages')).toEqual([]);
  });
});
