import type { z } from 'zod';

/** Reads the position of a collector; throws a RangeError, with what would do, for what it did not write. */
export function readStoredPosition<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  outside: string,
): z.output<Schema> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const shown = text.slice(0, 80);
  throw new RangeError(
    `"${shown}" is no position in ${outside}: remove it, then start_at says where to begin`,
  );
}
