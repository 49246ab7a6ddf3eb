import { z } from 'zod';

/** What the reader is told: the folder of its store, a collector of the register, and the options as in a config. */
export const readerSpec = z.strictObject({
  dir: z.string(),
  name: z.string(),
  options: z.record(z.string(), z.unknown()),
});
export type ReaderSpec = z.output<typeof readerSpec>;

/** Table of the store: one value a transaction, the numbers of its lines as Uint32 (0 = a line without a number). */
export const seen = 'log-kill-seen';
/** Table of the store that holds the position. */
export const positions = 'log-kill-position';
export const positionKey = 'position';
