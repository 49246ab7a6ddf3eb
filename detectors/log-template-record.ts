import { z } from 'zod';

const time = z.number().nullable();
export const recordSchema = z.strictObject({
  index: z.int().nonnegative(),
  id: z.string(),
  words: z.array(z.string()).min(1),
  learned: z.boolean(),
  count: z.number(),
  seen: z.number(),
  first: time,
  last: time,
  examples: z.array(z.string()),
  into: z.int().nonnegative().nullable(),
});
/** A template as it is stored, whole; null = unknown. `into`: it is part of that template now. */
export type TemplateRecord = z.output<typeof recordSchema>;

export const headSchema = z.strictObject({
  next: z.int().positive(),
  lines: z.number(),
  fresh: z.int().nonnegative(),
});
/** What a miner knows beside its templates. */
export type MinerHead = z.output<typeof headSchema>;

/** What is to be stored: the head replaces the stored one, a record that of its index; what is gone may be removed. */
export interface MinerChanges {
  readonly head: MinerHead;
  readonly templates: readonly TemplateRecord[];
  readonly gone: readonly number[];
}

/** A template inside of the miner. */
export interface Entry {
  readonly index: number;
  readonly id: string;
  words: readonly string[];
  text: string;
  /** Some of its words were found to vary: it matches by pattern. */
  learned: boolean;
  count: number;
  /** Number of the line that it was seen in last. */
  seen: number;
  first: number;
  last: number;
  examples: string[];
  into: Entry | undefined;
  changed: boolean;
}

export function createEntry(index: number, id: string, words: readonly string[]): Entry {
  const text = words.join(' ');
  const { NaN: unknown } = Number;
  return {
    index,
    id,
    words,
    text,
    learned: false,
    count: 0,
    seen: 0,
    first: unknown,
    last: unknown,
    examples: [],
    into: undefined,
    changed: true,
  };
}

function known(t: number): number | null {
  return Number.isFinite(t) ? t : null;
}

export function recordOf(entry: Entry): TemplateRecord {
  const { index, id, learned, count, seen } = entry;
  return {
    index,
    id,
    words: [...entry.words],
    learned,
    count,
    seen,
    first: known(entry.first),
    last: known(entry.last),
    examples: [...entry.examples],
    into: entry.into?.index ?? null,
  };
}

export function entryOf(record: TemplateRecord): Entry {
  return {
    ...record,
    text: record.words.join(' '),
    first: record.first ?? Number.NaN,
    last: record.last ?? Number.NaN,
    into: undefined,
    changed: false,
  };
}
