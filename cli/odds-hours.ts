import { z } from 'zod';
import type { Labels } from '../core/labels.ts';
import type { KeyValues } from '../core/store.ts';
import { everywhere, placeOf } from './odds-onsets.ts';

const hour = 3_600_000;

/** What the passes of one hour saw at a place: the share of abnormal rows, the rarest row as -log10 of its p. */
export type HourSeen = readonly [abnormal: number, rarest: number];

/** A class as its last pass left it: a p of each entity, NaN where nothing was judged; no judgement before the first pass. */
export interface JudgedClass {
  readonly entities: readonly Labels[];
  readonly states: { readonly judgement: { readonly p: ArrayLike<number> } | undefined };
}

const hourSchema = z.record(z.string(), z.tuple([z.number(), z.number()]));

interface Sums {
  rows: number;
  abnormal: number;
  rarest: number;
}

/** Places of an hour that are kept beside the whole. */
const mostPlaces = 1000;
/** Hours are kept for so long, ms. */
const longest = 30 * 24 * hour;

/** The whole, then what had the most abnormal rows. */
const mostAbnormalFirst = ([a, x]: readonly [string, Sums], [b, y]: readonly [string, Sums]) =>
  Number(b === everywhere) - Number(a === everywhere) || y.abnormal - x.abnormal || (a < b ? -1 : 1);

/** The hours of the passes by place: summed up in memory, each on disk when it is over; a restart loses the hour that runs. */
export class OddsHours {
  readonly #table: KeyValues;
  readonly #hours = new Map<number, Readonly<Record<string, HourSeen>>>();
  readonly #places = new WeakMap<readonly Labels[], readonly string[]>();
  #sums = new Map<string, Sums>();
  #open = Number.NEGATIVE_INFINITY;

  constructor(table: KeyValues) {
    this.#table = table;
    for (const [key, bytes] of table.entries()) {
      const read = hourSchema.safeParse(parsed(bytes));
      if (read.success) this.#hours.set(Number(key), read.data);
      else table.delete(key);
    }
  }

  /** Takes what a class judged at `t` (ms); rows with p <= `fpr` are abnormal. */
  observe({ entities, states }: JudgedClass, t: number, fpr: number): void {
    const end = Math.ceil(t / hour) * hour;
    if (end > this.#open) this.#close(end);
    const { judgement } = states;
    if (judgement === undefined) return;
    const places = this.#placesOf(entities);
    for (let row = 0; row < entities.length; row++) {
      const p = judgement.p[row]!;
      if (!Number.isFinite(p)) continue;
      for (const place of [places[row]!, everywhere]) this.#add(place, p, p <= fpr);
    }
  }

  /** What was seen in the hour that ended at `t` (ms). */
  at(t: number, place: string): HourSeen | undefined {
    return this.#hours.get(t)?.[place];
  }

  /** Forgets what ended before `t` (ms). */
  expire(t: number): void {
    for (const end of this.#hours.keys()) {
      if (end >= t) continue;
      this.#hours.delete(end);
      this.#table.delete(String(end));
    }
  }

  #placesOf(entities: readonly Labels[]): readonly string[] {
    const known = this.#places.get(entities);
    if (known !== undefined) return known;
    const places = entities.map(labels => placeOf(labels) ?? everywhere);
    this.#places.set(entities, places);
    return places;
  }

  #add(place: string, p: number, abnormal: boolean): void {
    let sums = this.#sums.get(place);
    if (sums === undefined) {
      sums = { rows: 0, abnormal: 0, rarest: 0 };
      this.#sums.set(place, sums);
    }
    sums.rows++;
    if (abnormal) sums.abnormal++;
    sums.rarest = Math.max(sums.rarest, -Math.log10(Math.max(p, 1e-12)));
  }

  #close(next: number): void {
    if (this.#sums.size > 0) {
      const seen = Object.fromEntries(
        [...this.#sums]
          .sort(mostAbnormalFirst)
          .slice(0, mostPlaces + 1)
          .map(([place, { rows, abnormal, rarest }]): [string, HourSeen] => [
            place,
            [abnormal / rows, rarest],
          ]),
      );
      this.#hours.set(this.#open, seen);
      this.#table.set(String(this.#open), new TextEncoder().encode(JSON.stringify(seen)));
    }
    this.expire(this.#open - longest);
    this.#sums = new Map();
    this.#open = next;
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
