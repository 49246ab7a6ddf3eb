import { overrideFor } from '../alerts/overrides.ts';
import type { ModelStore } from '../core/model-version.ts';
import type { ClassModel } from '../detectors/class-model.ts';
import type { BandCell, BandClass } from '../rules/band-rules.ts';
import { hoursOfWeek } from '../rules/hour-table.ts';
import type { ClassWatch } from './class-watch.ts';

/** The bands of the classes that have a model, and why others have none. */
export interface LearnedBands {
  readonly classes: readonly BandClass[];
  readonly left: readonly { readonly class: string; readonly reason: string }[];
}

/** What of a config the bands follow: the entities whose signals are muted are not watched by rules either, and floors are theirs. */
export type BandOverrides = Parameters<typeof overrideFor>[0];

const hour = 3_600_000;

/** One cell as the model expects it now; undefined while an hour is unknown. */
function cellOf(model: ClassModel, place: { readonly row: number; readonly column: number }) {
  const { bands, context } = model.parts;
  const out = new Float64Array(3);
  const lower = new Float64Array(hoursOfWeek);
  const upper = new Float64Array(hoursOfWeek);
  for (let h = 0; h < hoursOfWeek; h++) {
    bands.read(place.row * context.signals.length + place.column, h * hour, out);
    lower[h] = out[0]!;
    upper[h] = out[2]!;
  }
  return lower.every(Number.isFinite) && upper.every(Number.isFinite) ? { lower, upper } : undefined;
}

/** The bands of the entities that the model watches: one that is still learning has none. */
function cellsOf(model: ClassModel, watch: ClassWatch, overrides: BandOverrides): readonly BandCell[] {
  const { seen, needed, context } = model.parts;
  const { entities } = watch;
  const { name } = watch.watch.class;
  return entities.flatMap((entity, row) => {
    if (seen[row]! < needed) return [];
    return context.signals.flatMap(({ name: signal }, column) => {
      const { mute, floor } = overrideFor(overrides, { ...entity, class: name }, signal);
      const cell = mute ? undefined : cellOf(model, { row, column });
      return cell === undefined
        ? []
        : [{ entity, signal, ...(floor === undefined ? {} : { floor }), ...cell }];
    });
  });
}

function learnedBy(watch: ClassWatch, learnedUntil: number, overrides: BandOverrides): BandClass | undefined {
  const { model } = watch;
  if (model === undefined) return undefined;
  const { class: spec, entityLabels, queries } = watch.watch;
  return {
    name: spec.name,
    entityLabels,
    signals: spec.signals.map((signal, k) => ({ spec: signal, query: queries[k]! })),
    learnedUntil,
    cells: cellsOf(model, watch, overrides),
  };
}

/** The bands of the newest stored model of each class; `usable` says whether a class may use a model of this signature. */
export function learnedBands(
  watches: readonly ClassWatch[],
  models: ModelStore,
  how: {
    readonly signature: (watch: ClassWatch) => string;
    readonly overrides: BandOverrides;
  },
): LearnedBands {
  const classes: BandClass[] = [];
  const left: { class: string; reason: string }[] = [];
  for (const watch of watches) {
    const { name } = watch.watch.class;
    const newest = models.versions(name).at(-1);
    const give = (reason: string) => void left.push({ class: name, reason });
    if (newest === undefined) give('no stored model');
    else if (newest.signature !== how.signature(watch))
      give(`model ${newest.version} was made for other signals or options than the config has`);
    else
      try {
        watch.restore({ ...newest, bytes: models.bytes(name, newest.version) ?? new Uint8Array() });
        const learned = learnedBy(watch, newest.t, how.overrides);
        if (learned === undefined || learned.cells.length === 0) give('no entity has a band');
        else classes.push(learned);
      } catch (error) {
        give(`model ${newest.version} cannot be read (${error instanceof Error ? error.message : error})`);
      }
  }
  return { classes, left };
}
