import type { Batch, Frame } from './batch.ts';

/** The same values entity by entity: one frame a row, from batches of one class with one `entities` array. */
export function framesOf(history: { readonly batches: readonly Batch[] }): Frame[] {
  const { batches } = history;
  const first = batches[0];
  if (first === undefined) return [];
  const { signals, step } = first.class;
  const t = Float64Array.from(batches, batch => batch.t);
  return first.entities.map((entity, row) => ({
    entity,
    signals: signals.map(signal => signal.name),
    step,
    t,
    columns: signals.map((_, k) =>
      Float64Array.from(batches, ({ values }) => values[row * signals.length + k] ?? Number.NaN),
    ),
  }));
}
