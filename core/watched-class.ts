import type { EntityClass } from './batch.ts';
import { type Labels, pick } from './labels.ts';

/** The source that a class is asked from. */
export interface ClassSource {
  readonly name: string;
  /** Labels that each of its entities carries beside its own: those tell it from its namesake at another source. */
  readonly labels: Labels;
  /** `pack/class` as the pack declares it; the name of the class itself tells the source too. */
  readonly declared: string;
}

/** A pack's class with its queries in their final text: `queries[k]` belongs to `class.signals[k]`. */
export interface WatchedClass {
  readonly class: EntityClass;
  readonly entityLabels: readonly string[];
  /** What no sample means. */
  readonly absent: 'missing' | 'zero';
  readonly queries: readonly string[];
  /** How often samples of its metrics come, ms, where that is not as often as at its source. */
  readonly interval?: number;
  /** Left out where there is only one place to ask, such as a recording. */
  readonly source?: ClassSource;
}

/** A source as its classes are named for it: `suffix` stands behind their names, empty for the only source. */
export interface SourceIdentity {
  readonly name: string;
  readonly labels: Labels;
  readonly suffix: string;
}

/** The class as it is watched at one source: with several, its models, its name and its entities are its own at each. */
export function atSource(watch: WatchedClass, { name, labels, suffix }: SourceIdentity): WatchedClass {
  const declared = watch.class.name;
  return {
    ...watch,
    class: { ...watch.class, name: `${declared}${suffix}` },
    source: { name, labels, declared },
  };
}

/** The name of a class as its pack declares it, `pack/class`. */
export function declaredName(watch: WatchedClass): string {
  return watch.source?.declared ?? watch.class.name;
}

/** The part of a class's name that its pack declares, `pack/class`. */
export function declaredPart(name: string): string {
  return name.split('@', 1)[0] ?? name;
}

/** All labels of a series of the class: its own, and below them those of its source. */
export function labelsAt(watch: WatchedClass, labels: Labels): Labels {
  return watch.source === undefined ? labels : { ...watch.source.labels, ...labels };
}

/** The entity that a series of the class speaks of. */
export function entityOf(watch: WatchedClass, labels: Labels): Labels {
  return labelsAt(watch, pick(labels, watch.entityLabels));
}
