import type { z } from 'zod';

/** What the store keeps as JSON of a form; undefined where there is nothing, or it cannot be read any more. */
export function readStored<T>(bytes: Uint8Array | undefined, form: z.ZodType<T>): T | undefined {
  if (bytes === undefined) return undefined;
  try {
    return form.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

/** A value as the store keeps it. */
export function toStored(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
