import type { Entity } from '../core/batch.ts';
import type { ModelStore, ModelVersion } from '../core/model-version.ts';
import { classSignature } from './class-signature.ts';
import type { ClassWatch } from './class-watch.ts';

/** Entities beside those in question that are watched too: a class is dark only where all of it is. */
const others = 100;

/**
 * Gives a class the stored model that was in use at `t` (ms), of the entities that match (`found` of them) and some beside them,
 * to live on from `from`. Undefined, and the class as it was, when no version of then can be used.
 */
export function reviveAt(
  watch: ClassWatch,
  models: Pick<ModelStore, 'versions' | 'bytes'>,
  at: { readonly t: number; readonly from: number; readonly matches: (entity: Entity) => boolean },
): { readonly version: ModelVersion; readonly found: number } | undefined {
  const { name } = watch.watch.class;
  const signature = classSignature(watch);
  const version = models.versions(name).findLast(each => each.at <= at.t && each.signature === signature);
  const bytes = version === undefined ? undefined : models.bytes(name, version.version);
  if (version === undefined || bytes === undefined) return undefined;
  let beside = 0;
  let found = 0;
  const keep = (entity: Entity): boolean => {
    if (!at.matches(entity)) return beside++ < others;
    found++;
    return true;
  };
  try {
    watch.revive({ ...version, bytes }, { t: at.from, keep });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return { version, found };
}
