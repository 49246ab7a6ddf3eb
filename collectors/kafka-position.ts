import { z } from 'zod';
import type { PartitionEnds, PartitionOffset } from '../clients/kafka.ts';
import type { Partition } from '../clients/kafka-reading.ts';
import { readStoredPosition } from './stored-position.ts';

const positionSchema = z.strictObject({
  reader: z.string(),
  offsets: z.record(z.string(), z.record(z.string(), z.int().nonnegative())),
});

/** The next offset of each partition that is ours, and who read up to there: what a position of Kafka says. */
export type KafkaPosition = z.output<typeof positionSchema>;

/** Throws a RangeError for what is no position of this collector. */
export function readPosition(text: string): KafkaPosition {
  return readStoredPosition(text, positionSchema, 'Kafka');
}

/** All partitions of a position. */
export function offsetsOf({ reader, offsets }: KafkaPosition): readonly PartitionOffset[] {
  return Object.entries(offsets).flatMap(([topic, partitions]) =>
    Object.entries(partitions).map(([partition, offset]) => {
      return { topic, partition: Number(partition), offset, by: reader };
    }),
  );
}

/** The position as it moves: which partitions are ours, and how far each was handed on. */
export class KafkaProgress {
  readonly reader: string;
  readonly #offsets = new Map<string, Map<number, number>>();

  constructor(reader: string) {
    this.reader = reader;
  }

  get({ topic, partition }: Partition): number | undefined {
    return this.#offsets.get(topic)?.get(partition);
  }

  set({ topic, partition }: Partition, offset: number): void {
    const partitions = this.#offsets.get(topic) ?? new Map<number, number>();
    this.#offsets.set(topic, partitions.set(partition, offset));
  }

  /** Forgets the partitions that another member reads now: what it commits is what counts. */
  keep(ours: readonly Partition[]): void {
    for (const [topic, partitions] of this.#offsets)
      for (const partition of partitions.keys())
        if (!ours.some(each => each.topic === topic && each.partition === partition))
          partitions.delete(partition);
  }

  position(): KafkaPosition {
    const offsets = [...this.#offsets].map(([topic, partitions]) => [topic, Object.fromEntries(partitions)]);
    return { reader: this.reader, offsets: Object.fromEntries(offsets) };
  }
}

/** What is known when reading begins. */
export interface StartState {
  /** What was read when it ended; undefined at the first start. */
  readonly stored: KafkaPosition | undefined;
  /** What the group has committed, and who did it. */
  readonly committed: readonly PartitionOffset[];
  readonly ends: readonly PartitionEnds[];
  readonly startAt: 'beginning' | 'end';
}

/** Where to begin, and what is no longer there to be read: `records` undefined where nobody can know how many. */
export interface StartPlan {
  readonly offsets: readonly PartitionOffset[];
  readonly gone: readonly { readonly what: string; readonly records: number | undefined }[];
}

/**
 * Our own position decides, be it ahead of or behind the group's, because the store knows what it has. Where somebody
 * else has committed since (another member, a reset by hand), the group's does.
 */
function wantedOffset(ends: PartitionEnds, { stored, committed, startAt }: StartState): number {
  const { topic, partition, low, high } = ends;
  const ours = stored?.offsets[topic]?.[String(partition)];
  const group = committed.find(each => each.topic === topic && each.partition === partition);
  if (ours !== undefined && (group === undefined || group.by === stored?.reader)) return ours;
  if (group !== undefined) return group.offset;
  // A partition that was added to a topic that we read is new from its first record on.
  const first = stored?.offsets[topic] === undefined;
  return first && startAt === 'end' ? high : low;
}

/** Where each partition is to be read from, within what it still holds. */
export function planStart(state: StartState): StartPlan {
  const gone: StartPlan['gone'][number][] = [];
  const offsets = state.ends.map(ends => {
    const { topic, partition, low, high } = ends;
    const wanted = wantedOffset(ends, state);
    if (wanted >= low && wanted <= high) return { topic, partition, offset: wanted };
    const place = `${topic}/${partition}`;
    if (wanted < low)
      gone.push({ what: `${place}: the broker has deleted what came before ${low}`, records: low - wanted });
    else
      gone.push({
        what: `${place} ends at ${high}, before ${wanted}: it was made anew and is read from its beginning`,
        records: undefined,
      });
    return { topic, partition, offset: low };
  });
  return { offsets, gone };
}
