import { z } from 'zod';

const text = z.string().catch('');
const texts = z.array(text).catch([]);

/** A list each of whose items is read as far as it goes. */
function list<T extends z.ZodType>(item: T, nothing: z.output<T>) {
  return z.array(item.catch(nothing)).catch([]);
}

const signal = z.object({ query: text });
const kind = z.object({ name: text, entity: texts, signals: list(signal, { query: '' }) });
const edge = z.object({ from: text, to: text, via: text });
const alert = z.object({ expr: text });
const capacity = z.object({ used: text, limit: text });

const ratio = z
  .object({ good: text.optional(), bad: text.optional(), total: text })
  .optional()
  .catch(undefined);
const threshold = z.object({ query: text }).optional().catch(undefined);
const objective = z.object({
  class: text.optional(),
  indicator: z
    .object({ ratioMetric: ratio, thresholdMetric: threshold })
    .catch({ ratioMetric: undefined, thresholdMetric: undefined }),
});

/** The queries of a pack and what they are made of, so that they can be checked while other parts of it are wrong. */
export const packOutline = z.object({
  params: z.record(z.string(), text).catch({}),
  classes: list(kind, { name: '', entity: [], signals: [] }),
  topology: list(edge, { from: '', to: '', via: '' }),
  alerts: list(alert, { expr: '' }),
  capacity: list(capacity, { used: '', limit: '' }),
  objectives: list(objective, { indicator: { ratioMetric: undefined, thresholdMetric: undefined } }),
});
export type PackOutline = z.output<typeof packOutline>;
