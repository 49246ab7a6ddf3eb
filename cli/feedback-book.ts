import {
  type Feedback,
  type FeedbackOf,
  feedbackSchema,
  isReshaping,
  type Reshaping,
  readFeedback,
} from '../core/feedback.ts';
import type { KeyValues } from '../core/store.ts';

/** All that people said of incidents: read from the store at the start, added to, read by whoever shows or learns. */
export interface FeedbackBook {
  /** In the order in which it was said. */
  records(): readonly Feedback[];
  readonly of: FeedbackOf;
  /** The merges and splits that were said after `key`, and the key of the last record there is. */
  reshapedAfter(key: string): { readonly records: readonly Reshaping[]; readonly last: string };
  /** On disk when it returns. May be part of a transaction of the store; then `undo` takes back what it did in memory. */
  add(record: Feedback): { undo(): void };
  /** Removes what was said before `t` (ms) of incidents that are not known any more. */
  expire(t: number, isKnown: (incident: string) => boolean): void;
}

const digits = 12;

function parse(bytes: Uint8Array): Feedback | undefined {
  try {
    return feedbackSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

/** The feedback among stored values, in order; what cannot be read is left out. */
export function feedbackIn(entries: ReturnType<KeyValues['entries']>): readonly Feedback[] {
  return entries.flatMap(([, bytes]) => parse(bytes) ?? []);
}

function incidentsOf(record: Feedback): readonly string[] {
  if (record.kind === 'merge') return record.incidents;
  return record.kind === 'split' ? [record.incident, record.made] : [record.incident];
}

function reshapedAfter(
  kept: readonly { readonly key: string; readonly record: Feedback }[],
  after: string,
): ReturnType<FeedbackBook['reshapedAfter']> {
  const fresh = kept.filter(({ key }) => key > after);
  return { records: fresh.map(({ record }) => record).filter(isReshaping), last: fresh.at(-1)?.key ?? after };
}

/** A book over values of the store; `unreadable` is told how many records cannot be read: they stay, and say nothing. */
export function createFeedbackBook(
  values: KeyValues,
  unreadable: (count: number) => void = () => undefined,
): FeedbackBook {
  const stored = values.entries();
  let kept = stored.flatMap(([key, bytes]) => {
    const record = parse(bytes);
    return record === undefined ? [] : [{ key, record }];
  });
  if (kept.length < stored.length) unreadable(stored.length - kept.length);
  let next = Number(stored.at(-1)?.[0] ?? 0) + 1;
  let records = kept.map(({ record }) => record);
  let read = readFeedback(records);
  const change = (to: typeof kept) => {
    kept = to;
    records = kept.map(({ record }) => record);
    read = readFeedback(records);
  };
  return {
    records: () => records,
    of: incident => read(incident),
    reshapedAfter: key => reshapedAfter(kept, key),
    add(record) {
      const before = kept;
      const key = String(next++).padStart(digits, '0');
      values.set(key, new TextEncoder().encode(JSON.stringify(record)));
      change([...before, { key, record }]);
      return { undo: () => change(before) };
    },
    expire(t, isKnown) {
      // The newest stays: its key says which come after it, also over a restart.
      const over = kept
        .slice(0, -1)
        .filter(({ record }) => record.at < t && !incidentsOf(record).some(isKnown));
      for (const { key } of over) values.delete(key);
      change(kept.filter(each => !over.includes(each)));
    },
  };
}
