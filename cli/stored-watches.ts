import type { ModelStore } from '../core/model-version.ts';
import type { NetworkMaker } from '../core/network.ts';
import { openModels } from '../store/models.ts';
import { classSignature } from './class-signature.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Loaded } from './load.ts';
import { identitiesOf } from './sources.ts';
import { maintenanceOf, wire } from './wire.ts';

/**
 * The classes of the config as their newest stored models know them, however old, to be read while no daemon watches; those without a
 * model of this config are left out. `unusable` is told of a model that cannot be read, and why.
 */
export function storedWatches(
  { config, packs }: Loaded,
  network: NetworkMaker | undefined,
  unusable: (message: string) => void,
): readonly ClassWatch[] {
  const models = openModels(config.storage.path);
  if (models === undefined) return [];
  const { detection, correlation } = config;
  const { watches } = wire(packs, {
    detection,
    correlation,
    url: '',
    maintenance: maintenanceOf(config),
    sources: identitiesOf(config),
    network,
  });
  try {
    for (const watch of watches) restoreNewest(watch, models, unusable);
  } finally {
    models.close();
  }
  return watches.filter(({ fitted }) => fitted);
}

function restoreNewest(
  watch: ClassWatch,
  models: Pick<ModelStore, 'versions' | 'bytes'>,
  unusable: (message: string) => void,
): void {
  const { name } = watch.watch.class;
  const signature = classSignature(watch);
  const newest = models.versions(name).findLast(each => each.signature === signature);
  const bytes = newest === undefined ? undefined : models.bytes(name, newest.version);
  if (newest === undefined || bytes === undefined) return;
  try {
    watch.restore({ ...newest, bytes });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    unusable(`${name}: model ${newest.version} cannot be used (${error.message})`);
  }
}
