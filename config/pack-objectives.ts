import type { ObjectiveSpec } from '../core/objective.ts';
import { indicatorQueries } from '../core/objective.ts';
import type { Mistake } from './mistake.ts';
import type { PackOutline } from './pack-outline.ts';
import type { Path, YamlSource } from './yaml-source.ts';

/** The queries of a pack's objectives with the labels that each must carry: those of the entities of its class. */
export function objectiveQueries({ objectives, classes }: PackOutline) {
  return objectives.flatMap((objective, i) => {
    const labels = classes.find(({ name }) => name === objective.class)?.entity ?? [];
    return indicatorQueries(objective.indicator).map(({ keys, query }) => {
      const path: Path = ['objectives', i, 'indicator', ...keys];
      return { query, path, labels };
    });
  });
}

/** Objectives that share a name, or that are about a class that is not there. */
export function objectiveMistakes(
  source: YamlSource,
  {
    objectives,
    classes,
  }: { readonly objectives: readonly ObjectiveSpec[]; readonly classes: readonly string[] },
): Mistake[] {
  const names = objectives.map(({ name }) => name);
  return objectives.flatMap((objective, i) => [
    ...(names.indexOf(objective.name) < i
      ? [
          source.mistake(
            ['objectives', i, 'name'],
            `another objective has this name (got "${objective.name}")`,
          ),
        ]
      : []),
    ...(objective.class === undefined || classes.includes(objective.class)
      ? []
      : [source.mistake(['objectives', i, 'class'], `no such class (got "${objective.class}")`)]),
  ]);
}
