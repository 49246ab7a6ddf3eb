import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { ClassWatch } from '../../cli/class-watch.ts';
import { loadOrExplain } from '../../cli/load.ts';
import { createModelBook } from '../../cli/model-book.ts';
import { maintenanceOf, wire } from '../../cli/wire.ts';
import type { Labels } from '../../core/labels.ts';
import { createRandom } from '../../core/random.ts';
import { openStore } from '../../store/sqlite.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const quarter = 900_000;
const hour = 3_600_000;

/** What three weeks of a signal look like: busy by day, quiet on weekends; ratios stay near nothing. */
function lifeOf(name: string, t: number, noise: number): number {
  const phase = Math.sin((2 * Math.PI * (t / hour - 9)) / 24);
  const weekend = [2, 3].includes(Math.floor(t / (24 * hour)) % 7) ? 0.5 : 1;
  const rhythm = weekend * (1 + 0.6 * phase) * (1 + 0.05 * noise);
  if (name === 'traffic') return 100 * rhythm;
  if (name.includes('latency')) return 0.02 * (1 + 0.2 * rhythm);
  return 0.002 * (1 + 0.3 * noise);
}

/** A config whose store has a model of `service/service` that has learned three weeks of these entities. */
export function storedModels(
  folder: string,
  entities: readonly Labels[],
  more = 'alertmanager: {url: "http://127.0.0.1:9"}\n',
): { readonly config: string; readonly watch: ClassWatch } {
  const config = path.join(folder, 'c.yaml');
  const text = `prometheus: {url: "http://127.0.0.1:9"}\npacks: [service]\nstorage: {path: ${path.join(folder, 'state')}}\n${more}`;
  writeFileSync(config, text);
  const loaded = loadOrExplain(config);
  const { detection, correlation, storage } = loaded.config;
  const maintenance = maintenanceOf(loaded.config);
  const { watches } = wire(loaded.packs, { detection, correlation, url: '', maintenance });
  const watch = watches.find(each => each.watch.class.name === 'service/service')!;
  const spec = watch.watch.class;
  const random = createRandom(7);
  const end = Math.floor(Date.UTC(2026, 10, 26) / quarter) * quarter;
  const batches = Array.from({ length: 21 * 96 }, (_, i) => {
    const t = end - (21 * 96 - i) * quarter;
    const values = entities.flatMap((_entity, e) =>
      spec.signals.map(({ name }) => (1 + e / 10) * lifeOf(name, t, 2 * random() - 1)),
    );
    return { class: spec, t, entities, values: Float64Array.from(values), partial: false };
  });
  watch.fit({ batches, entities, failures: [] });
  const store = openStore(storage.path);
  createModelBook(store.models, silent).record(watch, 'first fit', end);
  store.close();
  return { config, watch };
}
