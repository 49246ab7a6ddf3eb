import { z } from 'zod';
import type { Labels } from '../core/labels.ts';
import { MixWindow } from './log-mix.ts';
import type { LogSignalOptions } from './log-signal-options.ts';
import { levelNames, Slot, type Tally } from './log-slot.ts';

/** Templates of an entity that are kept; those seen last long ago go first. */
const mostSlots = 5000;
/** Error templates with a series of their own, beside the frequent ones. */
const mostErrors = 100;
/** How many lines must be missing, by the usual rate, before a template has vanished; and for how long it is told at most. */
const leastExpected = 5;
const day = 86_400_000;
/** A template that came in fewer steps is not regular; a longest gap is forgotten in this time. */
const leastSteps = 20;
const gapMemory = 7 * day;
/** Weights are brought back to 1 when they have grown to this. */
const heaviest = 1e6;
/** Steps until the frequent templates are chosen anew. */
const choosing = 240;

/** What a closed step says of an entity, beside its tallies. */
export interface StepSigns {
  readonly fresh: number;
  readonly vanished: number;
  /** 0 to 1, NaN = unknown. */
  readonly mix: number;
}

interface OpenStep {
  readonly tallies: Map<Slot, Tally>;
  fresh: number;
}

const tallySchema = z.tuple([z.int().nonnegative(), z.int().positive()]);
const stepSchema = z.strictObject({ end: z.number(), fresh: z.int(), tallies: z.array(tallySchema) });
export const entityRecordSchema = z.strictObject({
  labels: z.record(z.string(), z.string()),
  since: z.number(),
  last: z.number(),
  steps: z.int().nonnegative(),
  total: z.number(),
  norm: z.number(),
  slots: z.array(
    z.strictObject({
      template: z.string(),
      level: z
        .int()
        .min(0)
        .max(levelNames.length - 1),
      isNamed: z.boolean(),
      weight: z.number(),
      usual: z.number(),
      first: z.number().nullable(),
      last: z.number().nullable(),
      gap: z.number(),
      steps: z.int(),
    }),
  ),
  open: z.array(stepSchema),
  window: z.array(z.array(tallySchema)),
});
/** An entity as it is stored; tallies as pairs of a slot's number and its lines. */
export type EntityRecord = z.output<typeof entityRecordSchema>;

/** The lines of one entity: open steps, what is usual, and what a step that closes says. */
export class LogEntity {
  readonly labels: Labels;
  /** Short name, the same after a restart. */
  readonly code: string;
  /** Time of its first line. */
  readonly since: number;
  changed = true;
  /** End of the last step with lines; its first line before one was closed. */
  last: number;
  readonly #options: LogSignalOptions;
  readonly #slots = new Map<string, (Slot | undefined)[]>();
  readonly #all: Slot[] = [];
  readonly #open = new Map<number, OpenStep>();
  readonly #mix: MixWindow;
  /** Sum of all weights, that of a step with one line now, and the sum of those of all steps. */
  #total = 0;
  #unit = 1;
  #norm = 0;
  #steps = 0;
  #namedErrors = 0;
  #namedOthers = 0;

  constructor(
    labels: Labels,
    { code, since, options }: { code: string; since: number; options: LogSignalOptions },
  ) {
    this.labels = labels;
    this.code = code;
    this.since = since;
    this.last = since;
    this.#options = options;
    this.#mix = new MixWindow(Math.ceil(options.window / options.step));
  }

  /** Counts a line in the step that ends at `end`; true when its template was never seen here. */
  count(template: string, level: number, end: number): boolean {
    this.changed = true;
    const of = this.#slots.get(template);
    const slot = of?.[level] ?? this.#slot(template, level);
    const tally = slot.tally;
    if (tally !== undefined && tally.end === end) tally.count++;
    else this.#begin(slot, end);
    return of === undefined;
  }

  #slot(template: string, level: number): Slot {
    const slot = new Slot(template, level);
    const of = this.#slots.get(template) ?? [];
    of[level] = slot;
    this.#slots.set(template, of);
    this.#all.push(slot);
    this.#name(slot);
    return slot;
  }

  /** Gives the slot a series of its own while there is room. */
  #name(slot: Slot): void {
    slot.isNamed = slot.isError
      ? this.#namedErrors++ < mostErrors
      : this.#namedOthers++ < this.#options.templates;
  }

  #begin(slot: Slot, end: number): void {
    const { tallies } = this.#step(end);
    const tally = tallies.get(slot) ?? { end, slot, count: 0 };
    if (tally.count === 0) tallies.set(slot, tally);
    tally.count++;
    slot.tally = tally;
  }

  #step(end: number): OpenStep {
    const open = this.#open.get(end) ?? { tallies: new Map<Slot, Tally>(), fresh: 0 };
    this.#open.set(end, open);
    return open;
  }

  /** One more template is new in the step. */
  addFresh(end: number): void {
    this.#step(end).fresh++;
  }

  /** Ends of the steps that have lines, in no order. */
  get openEnds(): Iterable<number> {
    return this.#open.keys();
  }

  /** Closes the step: answers its tallies and what they say. Steps close in order; one without lines closes too. */
  close(end: number): { readonly tallies: readonly Tally[]; readonly signs: StepSigns } {
    const open = this.#open.get(end);
    const tallies = [...(open?.tallies.values() ?? [])];
    this.#open.delete(end);
    if (tallies.length > 0) this.last = end;
    this.#mix.push(tallies);
    const isSettled = this.#steps * this.#options.step > 4 * this.#options.window;
    const mix = isSettled ? this.#mix.distance(this.#total) : Number.NaN;
    this.#learn(tallies, end);
    const vanished = this.#all.reduce((sum, slot) => sum + (this.#isVanished(slot, end) ? 1 : 0), 0);
    if (++this.#steps % choosing === 0) this.#choose();
    return { tallies, signs: { fresh: open?.fresh ?? 0, vanished, mix } };
  }

  #learn(tallies: readonly Tally[], end: number): void {
    this.#unit *= Math.exp(this.#options.step / this.#options.memory);
    this.#norm += this.#unit;
    for (const { slot, count } of tallies) {
      slot.weight += count * this.#unit;
      this.#total += count * this.#unit;
      slot.steps++;
      if (slot.steps === 1) slot.first = end;
      else this.#learnGap(slot, end);
      slot.usual = slot.weight / this.#norm;
      slot.last = end;
    }
    if (this.#unit > heaviest) this.#lighten();
  }

  /** The longest gap of late; one that was told counts for no more than half as long again as the longest before. */
  #learnGap(slot: Slot, end: number): void {
    const gap = end - slot.last - this.#options.step;
    const fades = slot.gap * Math.exp(-(end - slot.last) / gapMemory);
    const most = this.#isVanished(slot, end - this.#options.step) ? 1.5 * slot.gap + this.#options.step : gap;
    slot.gap = Math.max(fades, Math.min(gap, most));
  }

  #lighten(): void {
    for (const slot of this.#all) slot.weight /= this.#unit;
    this.#total /= this.#unit;
    this.#norm /= this.#unit;
    this.#unit = 1;
  }

  /**
   * A template that came regularly, for as long as it takes to learn, is gone: by its usual rate at least 5 lines are missing (chance of
   * none: e^-5), and it was never silent for half as long.
   */
  #isVanished(slot: Slot, end: number): boolean {
    const silent = end - slot.last;
    if (!(silent > 2 * slot.gap) || silent > day || slot.steps < leastSteps) return false;
    if (slot.last - slot.first < this.#options.learning) return false;
    return (slot.usual * silent) / this.#options.step >= leastExpected;
  }

  /** Gives a series to the templates that are the most frequent now, and forgets the oldest when there are too many. */
  #choose(): void {
    const byLast = [...this.#all].sort(
      (a, b) => (b.last || Number.POSITIVE_INFINITY) - (a.last || Number.POSITIVE_INFINITY),
    );
    for (const slot of byLast.slice(mostSlots)) this.#forget(slot);
    this.#all.sort((a, b) => b.weight - a.weight);
    this.#namedErrors = 0;
    this.#namedOthers = 0;
    for (const slot of this.#all) this.#name(slot);
  }

  #forget(slot: Slot): void {
    this.#total -= slot.weight;
    this.#all.splice(this.#all.indexOf(slot), 1);
    const of = this.#slots.get(slot.template);
    if (of === undefined) return;
    of[slot.level] = undefined;
    if (of.every(other => other === undefined)) this.#slots.delete(slot.template);
  }

  /** As it is to be stored. */
  toRecord(): EntityRecord {
    const { labels, since, last: lastEnd } = this;
    const numbers = new Map(this.#all.map((slot, k) => [slot, k]));
    const pairs = (tallies: Iterable<Tally>) =>
      [...tallies].flatMap(({ slot, count }): [number, number][] =>
        numbers.has(slot) ? [[numbers.get(slot)!, count]] : [],
      );
    return {
      labels,
      since,
      last: lastEnd,
      steps: this.#steps,
      total: this.#total / this.#unit,
      norm: this.#norm / this.#unit,
      slots: this.#all.map(({ template, level, isNamed, weight, usual, first, last, gap, steps }) => ({
        ...{ template, level, isNamed, usual, gap, steps },
        first: Number.isNaN(first) ? null : first,
        weight: weight / this.#unit,
        last: Number.isNaN(last) ? null : last,
      })),
      open: [...this.#open].map(([end, { fresh, tallies }]) => ({
        end,
        fresh,
        tallies: pairs(tallies.values()),
      })),
      window: this.#mix.steps.map(pairs),
    };
  }

  /** The entity that was stored; throws a RangeError for a tally of no slot. */
  static fromRecord(record: EntityRecord, code: string, options: LogSignalOptions): LogEntity {
    const entity = new LogEntity(record.labels, { code, since: record.since, options });
    entity.changed = false;
    entity.last = record.last;
    entity.#steps = record.steps;
    entity.#total = record.total;
    entity.#norm = record.norm;
    for (const { first, last, template, level, ...rest } of record.slots) {
      const slot = Object.assign(entity.#slot(template, level), rest);
      slot.first = first ?? Number.NaN;
      slot.last = last ?? Number.NaN;
    }
    const tallies = (pairs: EntityRecord['window'][number], end: number): Tally[] =>
      pairs.map(([k, count]) => {
        const slot = entity.#all[k];
        if (slot === undefined)
          throw new RangeError(`log signals: there is no template ${k} of the stored entity`);
        return { end, slot, count };
      });
    for (const pairs of record.window) entity.#mix.push(tallies(pairs, 0));
    for (const { end, fresh, tallies: pairs } of record.open)
      entity.#open.set(end, { fresh, tallies: new Map(tallies(pairs, end).map(one => [one.slot, one])) });
    return entity;
  }
}
