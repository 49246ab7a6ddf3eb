import type { Labels } from '../core/labels.ts';
import type { CapacitySpec } from '../core/pack.ts';
import type { Loaded } from './load.ts';
import { identitiesOf, type NamedSource } from './sources.ts';

/** A resource that a pack declares, asked at one source. */
export interface WatchedResource
  extends Pick<CapacitySpec, 'resource' | 'unit' | 'daily' | 'about' | 'action'> {
  readonly pack: string;
  /** PromQL of what is used and of what there is. */
  readonly used: string;
  readonly limit: string;
  /** What moves it: PromQL of signals of its class. */
  readonly regressors: readonly { readonly name: string; readonly query: string }[];
  readonly source: NamedSource;
  /** Labels of all that is watched at the source. */
  readonly labels: Labels;
}

/** The resources of all packs, once for every source of metrics that a pack is asked from. */
export function watchedResources(
  { config, packs }: Loaded,
  all: readonly NamedSource[],
): readonly WatchedResource[] {
  const labelsOf = new Map(identitiesOf(config).map(({ name, labels }) => [name, labels]));
  return packs.flatMap(({ pack, capacity, classes, sources }) =>
    all
      .filter(({ name }) => sources.includes(name))
      .flatMap(source =>
        capacity.map(({ class: className, regressors, ...item }): WatchedResource => {
          const watch = classes.find(each => each.class.name === `${pack}/${className}`);
          const query = (name: string) => {
            const at = watch?.class.signals.findIndex(signal => signal.name === name) ?? -1;
            return at < 0 ? [] : [{ name, query: watch!.queries[at]! }];
          };
          return {
            ...item,
            pack,
            regressors: regressors.flatMap(query),
            source,
            labels: labelsOf.get(source.name) ?? {},
          };
        }),
      ),
  );
}
