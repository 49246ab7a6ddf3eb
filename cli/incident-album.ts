import { z } from 'zod';
import type { KeyValues } from '../core/store.ts';
import type { IncidentView } from '../server/model.ts';

/** What the edge reads of an incident beside the passes: it cannot be read again when the sources have forgotten it. */
export type Pictures = Partial<Pick<IncidentView, 'signals' | 'around' | 'logs'>>;

/** The pictures of incidents over a restart; those of the newest lie in memory. */
export interface IncidentAlbum {
  /** On disk when it returns. */
  keep(id: string, pictures: Pictures): void;
  /** Nothing for one that is not among the newest. */
  of(id: string): Pictures;
  /** Removes those of incidents that are not known any more. */
  expire(isKnown: (id: string) => boolean): void;
}

const column = z.base64().transform((text, context) => {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 8 === 0) return new Float64Array(Uint8Array.from(bytes).buffer);
  context.addIssue('must be whole numbers of 8 bytes');
  return z.NEVER;
});
const line = z.object({ at: z.number(), service: z.string(), text: z.string() });
const signal = z
  .object({
    entity: z.string(),
    signal: z.string(),
    unit: z.string(),
    t: column,
    v: column,
    low: column,
    high: column,
    onset: z.number().exactOptional(),
  })
  .refine(({ t, v, low, high }) => [v, low, high].every(each => each.length === t.length));
const around = z.object({
  things: z.array(z.object({ id: z.string(), suspect: z.number().exactOptional(), affected: z.boolean() })),
  calls: z.array(z.object({ from: z.string(), to: z.string() })),
  left: z.number(),
});
const picturesSchema = z.object({
  signals: z.array(signal).exactOptional(),
  around: around.exactOptional(),
  logs: z
    .object({
      fresh: z.array(line),
      errors: z.array(line),
      counts: z.object({ t: column, v: column }).refine(({ t, v }) => t.length === v.length),
    })
    .exactOptional(),
});

/** JSON in which columns of numbers are their bytes: NaN is one of them. */
function textOf(pictures: Pictures): string {
  return JSON.stringify(pictures, (_, value: unknown) =>
    value instanceof Float64Array
      ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
      : value,
  );
}

function parse(bytes: Uint8Array): Pictures | undefined {
  try {
    return picturesSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

/** The album of a store, with the pictures of `newest`, oldest first, at hand; what cannot be read is left out. */
export function createIncidentAlbum(values: KeyValues, newest: readonly string[]): IncidentAlbum {
  const most = Math.max(200, newest.length);
  const recent = new Map<string, Pictures>();
  for (const id of newest) {
    const bytes = values.get(id);
    const pictures = bytes === undefined ? undefined : parse(bytes);
    if (pictures !== undefined) recent.set(id, pictures);
  }
  return {
    keep(id, pictures) {
      recent.delete(id);
      recent.set(id, pictures);
      const [oldest] = recent.keys();
      if (recent.size > most && oldest !== undefined) recent.delete(oldest);
      values.set(id, new TextEncoder().encode(textOf(pictures)));
    },
    of: id => recent.get(id) ?? {},
    expire(isKnown) {
      for (const id of values.keys()) {
        if (isKnown(id)) continue;
        values.delete(id);
        recent.delete(id);
      }
    },
  };
}
