import { parse } from 'yaml';
import { z } from 'zod';
import type { ClassWatch } from '../../cli/class-watch.ts';
import type { SeriesSource } from '../../core/series.ts';

const labels = z.record(z.string(), z.string()).optional();

/** A file of rules as Prometheus reads it. */
export const rulesSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      interval: z.string().optional(),
      rules: z.array(
        z.object({
          record: z.string().optional(),
          alert: z.string().optional(),
          expr: z.string(),
          for: z.string().optional(),
          labels,
          annotations: labels,
        }),
      ),
    }),
  ),
});
export type Rule = z.output<typeof rulesSchema>['groups'][number]['rules'][number];

export const rulesOf = (text: string): readonly Rule[] =>
  rulesSchema.parse(parse(text)).groups.flatMap(({ rules }) => rules);

const hour = 3_600_000;

/**
 * How far the rule of an edge is from the model in the worst hour of a week, as a share of the edge, or of the signal's floor
 * where that is larger; `source` evaluates it.
 */
export async function worstError(
  { record, expr, labels: of = {} }: Rule,
  { watch, source }: { readonly watch: ClassWatch; readonly source: SeriesSource },
): Promise<number> {
  const start = Date.UTC(2026, 11, 1);
  const { series } = await source.queryRange({ query: expr, start, end: start + 167 * hour, step: hour });
  const row = watch.entities.findIndex(({ service }) => service === of.service);
  const column = watch.watch.class.signals.findIndex(({ name }) => name === of.signal);
  const { floor } = watch.watch.class.signals[column]!;
  const errors = Array.from(series[0]!.v, (v, h) => {
    const band = watch.model!.bandOf(row, column, start + h * hour)!;
    const edge = record === 'foreshock:band_upper' ? band.high : band.low;
    return Math.abs(v - edge) / Math.max(Math.abs(edge), floor);
  });
  return errors.length === 168 ? Math.max(...errors) : Number.NaN;
}
