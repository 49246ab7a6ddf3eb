import { z } from 'zod';
import type { Batch, Entity } from '../core/batch.ts';
import { fingerprint, type Labels, omit } from '../core/labels.ts';
import { sayEntity } from '../core/say-name.ts';

const hour = 3_600_000;
const week = 168;
/** Sets that have never been larger are not watched. */
const smallest = 4;
/** A collapse: this share of the set is lost, within an hour, for so many steps, so that what tells of single ones has told. */
const lostShare = 0.5;
const settled = 8;
/** An explosion: so many times the most there ever was, and so many more. */
const growth = 3;
const leastGrowth = 8;

/** A set of entities that lost or gained too many at once: the class, or what has the labels `owner` in it. */
export interface CardinalityFinding {
  readonly owner: Labels;
  readonly kind: 'collapse' | 'explosion';
  readonly count: number;
  /** What is usual: at this time of day at least, and at most ever. */
  readonly low: number;
  readonly high: number;
  readonly reason: string;
}

const whole = fingerprint({});

/** How many entities a set had in each of the last 168 hours, by hour since the epoch modulo 168; NaN = not known. */
interface Counts {
  readonly least: Float32Array;
  readonly most: Float32Array;
  /** What is usual in hour `at`; the hour itself does not change it. */
  usual: { readonly at: number; readonly low: number; readonly high: number };
}

/** Rows with a sample, those that had one within an hour, and those of them that are lost. */
interface Tally {
  readonly owner: Labels;
  present: number;
  recent: number;
  lost: number;
}

const hours = z.array(z.number().nullable()).length(week);
const storedSchema = z.strictObject({
  hour: z.number().nullable(),
  counts: z.array(z.tuple([z.string(), hours, hours])),
});

const unknownUsual = { at: Number.NaN, low: Number.NaN, high: Number.NaN };

const emptyCounts = (): Counts => ({
  least: new Float32Array(week).fill(Number.NaN),
  most: new Float32Array(week).fill(Number.NaN),
  usual: unknownUsual,
});

/**
 * Watches how many entities a class has a sample of, in all and for each owner, which is what an entity's labels without that of
 * its own, `self`, tell. Shown each batch in order of time. A collapse is less than ever at this time of day in the week before, by half of the set within an hour,
 * of rows for whom nobody accounts; an explosion is three times the most of the week before. What lasts an hour is the new normal.
 */
export class Cardinality {
  readonly #self: string;
  readonly #counts = new Map<string, Counts>();
  #entities: readonly Entity[] | undefined;
  #owners: readonly string[] = [];
  #seenAt = new Float64Array(0);
  #hour = Number.NaN;

  constructor(self: string) {
    this.#self = self;
  }

  /** `accounted`: the row left with a reason, or its absence is told by itself: it is not lost. */
  step(batch: Batch, accounted: (row: number) => boolean): readonly CardinalityFinding[] {
    if (batch.entities !== this.#entities) this.#follow(batch.entities);
    this.#turn(batch.t);
    const tallies = this.#count(batch, accounted);
    // Nothing at all is a hole of the source, or a class that is down: not a smaller class.
    if (tallies.get(whole)?.present === 0) return [];
    const found = [...tallies].flatMap(([key, tally]) => this.#judge(key, tally, batch.t) ?? []);
    const owned = found.filter(({ owner }) => Object.keys(owner).length > 0);
    return owned.length > 0 ? owned : found;
  }

  /** What is known of the hours of the last week, for the store. */
  toBytes(): Uint8Array {
    const counts = [...this.#counts].map(([key, { least, most }]) => [key, [...least], [...most]]);
    return new TextEncoder().encode(JSON.stringify({ hour: this.#hour, counts }));
  }

  /** Goes on from what `toBytes` wrote; throws, and stays as it was, for anything else. */
  restore(bytes: Uint8Array): void {
    const { hour: at, counts } = storedSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    this.#hour = at ?? Number.NaN;
    for (const [key, least, most] of counts) {
      const column = (values: readonly (number | null)[]) =>
        Float32Array.from({ length: week }, (_, i) => values[i] ?? Number.NaN);
      this.#counts.set(key, { least: column(least), most: column(most), usual: unknownUsual });
    }
  }

  #follow(entities: readonly Entity[]): void {
    const old = new Map(this.#entities?.map((entity, row) => [fingerprint(entity), this.#seenAt[row]!]));
    this.#seenAt = Float64Array.from(entities, entity => old.get(fingerprint(entity)) ?? Number.NaN);
    this.#owners = entities.map(entity => fingerprint(omit(entity, [this.#self])));
    this.#entities = entities;
  }

  /** A new hour begins: what the hour of a week before had is forgotten, of all hours in between too. */
  #turn(t: number): void {
    const now = Math.floor(t / hour);
    if (now === this.#hour) return;
    const passed = Number.isNaN(this.#hour) ? 0 : Math.min(week, Math.max(1, now - this.#hour));
    for (const [key, { least, most }] of this.#counts) {
      for (let back = 0; back < passed; back++) {
        least[modulo(now - back)] = Number.NaN;
        most[modulo(now - back)] = Number.NaN;
      }
      if (most.every(n => Number.isNaN(n))) this.#counts.delete(key);
    }
    this.#hour = now;
  }

  #count({ t, class: { signals, step }, values }: Batch, accounted: (row: number) => boolean) {
    const all: Tally = { owner: {}, present: 0, recent: 0, lost: 0 };
    const tallies = new Map<string, Tally>([[whole, all]]);
    const width = signals.length;
    this.#owners.forEach((key, row) => {
      let tally = tallies.get(key);
      if (tally === undefined) {
        tally = { owner: omit(this.#entities![row]!, [this.#self]), present: 0, recent: 0, lost: 0 };
        tallies.set(key, tally);
      }
      let present = false;
      for (let cell = row * width; cell < (row + 1) * width && !present; cell++)
        present = !Number.isNaN(values[cell]!);
      const away = t - this.#seenAt[row]!;
      if (present) this.#seenAt[row] = t;
      const recent = present || away <= hour;
      const isLost = recent && !present && away >= settled * step && !accounted(row);
      for (const each of key === whole ? [all] : [all, tally]) {
        if (present) each.present++;
        if (recent) each.recent++;
        if (isLost) each.lost++;
      }
    });
    return tallies;
  }

  #judge(key: string, tally: Tally, t: number): CardinalityFinding | undefined {
    const { present, recent, lost, owner } = tally;
    const known = this.#counts.get(key);
    if (known === undefined && present < smallest) return undefined;
    const counts = known ?? emptyCounts();
    this.#counts.set(key, counts);
    if (counts.usual.at !== this.#hour) counts.usual = usualOf(counts, this.#hour);
    const { low, high } = counts.usual;
    const slot = modulo(Math.floor(t / hour));
    const collapsed = present < low && lost >= lostShare * recent;
    if (!collapsed && !(present >= counts.least[slot]!)) counts.least[slot] = present;
    if (!(present <= counts.most[slot]!)) counts.most[slot] = present;
    if (!(high >= smallest)) return undefined;
    const who = Object.keys(owner).length === 0 ? '' : ` of ${sayEntity(owner)}`;
    const found = { owner, count: present, low, high };
    if (collapsed) {
      const reason = `${lost} of ${recent}${who} lost within an hour, neither replaced nor taken away; at this time of day there were never fewer than ${low}`;
      return { ...found, kind: 'collapse', reason };
    }
    if (present < growth * high || present - high < leastGrowth) return undefined;
    return {
      ...found,
      kind: 'explosion',
      reason: `${present}${who}, in a week there were never more than ${high}`,
    };
  }
}

const modulo = (n: number): number => ((n % week) + week) % week;

/** The least at this time of day, the hours beside it included, and the most of all hours but this; NaN when not known. */
function usualOf({ least, most }: Counts, now: number): Counts['usual'] {
  const own = modulo(now);
  const lows: number[] = [];
  // The seventh day would lead to the hours beside this one.
  for (let day = 1; day < 7; day++)
    for (const beside of [-1, 0, 1]) lows.push(modulo(now - 24 * day + beside));
  const known = (counts: Float32Array, slots: Iterable<number>) =>
    [...slots].filter(slot => slot !== own && !Number.isNaN(counts[slot]!)).map(slot => counts[slot]!);
  const low = known(least, lows);
  const high = known(most, most.keys());
  return {
    at: now,
    low: low.length === 0 ? Number.NaN : Math.min(...low),
    high: high.length === 0 ? Number.NaN : Math.max(...high),
  };
}
