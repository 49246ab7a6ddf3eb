import { expect, it } from 'vitest';
import { previewOf } from '../../cli/dashboard-preview.ts';
import { storedSource } from '../../cli/results-from-store.ts';
import { seriesKey } from '../../cli/series-key.ts';
import { fleetOverview } from '../../dashboards/fleet.ts';
import { readDashboard } from '../../dashboards/preview-model.ts';
import { openStore } from '../../store/sqlite.ts';
import { smallPack } from '../dashboards/fleet.ts';
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
  const sources = { metrics: [], foreshock: storedSource(directory, () => now), scrape: 15_000, said: '' };
  const dashboard = readDashboard(JSON.parse(JSON.stringify(fleetOverview([smallPack]))));
  const { signal } = new AbortController();
  const { html, unanswered } = await previewOf(dashboard, sources, { now, incidents: [], signal });
  expect(unanswered).toEqual([]);
  expect(html).toContain('checkout');
});
