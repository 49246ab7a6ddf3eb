import { z } from 'zod';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { LogLevel } from '../core/log.ts';
import { type EntityRecord, entityRecordSchema, LogEntity } from './log-entity.ts';
import { SessionWatch } from './log-session-watch.ts';
import { type LogSignalOptions, logSignalOptions } from './log-signal-options.ts';
import { levelNames, levelNumber } from './log-slot.ts';
import { StepClock } from './log-step-clock.ts';

/** A line as it is counted. `session` is the key of what it belongs to: a trace, a request, a block. */
export interface SignalLine {
  /** ms. */
  readonly t: number;
  /** Whose line it is; best one object for many lines. */
  readonly entity: Labels;
  readonly level: LogLevel | undefined;
  /** The stable id of its template. */
  readonly template: string;
  readonly session?: string | undefined;
}

/** One sample of a series; `labels` holds the metric's name. `t` is the end of a step, ms. */
export interface Sample {
  readonly labels: Labels;
  readonly t: number;
  readonly v: number;
}

/** What became of lines that could not be counted in their own step. */
export interface LogSignalCounts {
  /** Older than what is closed: counted in the oldest open step. */
  readonly late: number;
  /** Too far ahead: counted in the last step that may be open. */
  readonly ahead: number;
  /** Of entities beyond the limit, or without a time: not counted at all. */
  readonly refused: number;
  /** Sessions closed before their time. */
  readonly sessions: number;
}

const headSchema = z.strictObject({ since: z.number().nullable(), closed: z.number().nullable() });
/** What is to be stored: the head and the entities replace those stored, what is gone is removed, templates and sessions are added to those stored. */
export interface LogSignalChanges {
  readonly head: z.output<typeof headSchema>;
  readonly entities: readonly EntityRecord[];
  /** Entities that are forgotten: theirs may be removed. */
  readonly gone: readonly Labels[];
  readonly templates: readonly string[];
  readonly sessions: readonly string[];
}

/** Templates that a source is remembered to have said; beyond, none is new. */
const mostTemplates = 200_000;
/** Label objects whose entity is known without looking at them. */
const mostLabels = 10_000;
/** An entity that was silent for so long makes room for another where there are too many. */
const day = 86_400_000;
/** After a restart, what began before is not whole: no session is told for so many idle times. */
const broken = 10;

const metric = {
  lines: 'foreshock_log_lines',
  fresh: 'foreshock_log_new_templates',
  vanished: 'foreshock_log_vanished_templates',
  mix: 'foreshock_log_mix_change',
  sessions: 'foreshock_log_unseen_sessions',
} as const;

function codeOf(name: string): string {
  let [a, b] = [0x811c9dc5, 0x1b873593];
  for (let i = 0; i < name.length; i++) {
    a = Math.imul(a ^ name.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ name.charCodeAt(i), 0x85ebca6b);
  }
  return (a >>> 0).toString(36) + (b >>> 0).toString(36);
}

/**
 * Signals of the lines of one source, on the time of the data: made from checked options, fed with lines in nearly the order
 * of time, closed up to a watermark that the caller knows, which gives the samples of each step that ended. Counts are sparse: no
 * sample means 0.
 */
export class LogSignals {
  readonly #options: LogSignalOptions;
  readonly #entities = new Map<string, LogEntity>();
  readonly #byLabels = new Map<Labels, LogEntity>();
  readonly #templates = new Set<string>();
  readonly #sessions: SessionWatch;
  #freshTemplates: string[] = [];
  #gone: Labels[] = [];
  /** There was no room for another entity when this step was the last closed one. */
  #fullAt = Number.NaN;
  readonly #clock: StepClock;
  #wholeFrom = Number.NEGATIVE_INFINITY;
  #refused = 0;

  constructor(options: z.input<typeof logSignalOptions> = {}) {
    this.#options = logSignalOptions.parse(options);
    this.#clock = new StepClock(this.#options.step);
    this.#sessions = new SessionWatch(this.#options.idle);
  }

  get counts(): LogSignalCounts {
    const { late, ahead } = this.#clock;
    return { late, ahead, refused: this.#refused, sessions: this.#sessions.early };
  }

  /** Counts a line in its step. */
  add(line: SignalLine): void {
    const { t, template } = line;
    const entity = this.#byLabels.get(line.entity) ?? this.#entityOf(line);
    if (entity === undefined) return;
    const end = this.#clock.endOf(t);
    if (entity.count(template, levelNumber(line.level), end)) this.#meet(template, entity, end);
    if (line.session !== undefined) this.#sessions.add(line.session, { entity: entity.code, t, template });
  }

  #entityOf({ t, entity: labels }: SignalLine): LogEntity | undefined {
    const name = fingerprint(labels);
    const known = this.#entities.get(name);
    if (!Number.isFinite(t) || (known === undefined && !this.#hasRoom())) {
      this.#refused++;
      return undefined;
    }
    const entity = known ?? new LogEntity(labels, { code: codeOf(name), since: t, options: this.#options });
    this.#entities.set(name, entity);
    if (this.#byLabels.size >= mostLabels) this.#byLabels.clear();
    this.#byLabels.set(labels, entity);
    return entity;
  }

  /** Whether one more entity may be counted; of too many the one that was silent for longest, a day at least, is forgotten. */
  #hasRoom(): boolean {
    if (this.#entities.size < this.#options.entities) return true;
    if (this.#fullAt === this.#clock.closed) return false;
    const [name, oldest] = [...this.#entities].reduce((a, b) => (b[1].last < a[1].last ? b : a));
    if (oldest.last + day > this.#clock.closed) {
      this.#fullAt = this.#clock.closed;
      return false;
    }
    this.#entities.delete(name);
    this.#byLabels.clear();
    this.#gone.push(oldest.labels);
    return true;
  }

  /** A template that is new to its entity is news when the whole source never said it, and both are known for long enough. */
  #meet(template: string, entity: LogEntity, end: number): void {
    if (this.#templates.has(template) || this.#templates.size >= mostTemplates) return;
    this.#templates.add(template);
    this.#freshTemplates.push(template);
    const { learning } = this.#options;
    if (end - this.#clock.since >= learning && end - entity.since >= learning) entity.addFresh(end);
  }

  /** Closes every step that ends at or before `until` (ms): no line up to there is to come. Samples in order of time. */
  close(until: number): Sample[] {
    const samples: Sample[] = [];
    this.#clock.closeUntil(until, this.#firstOpen, end => {
      for (const entity of this.#entities.values()) this.#closeEntity(entity, end, samples);
      this.#closeSessions(end, samples);
    });
    return samples;
  }

  readonly #firstOpen = (): number => {
    let first = Number.POSITIVE_INFINITY;
    for (const entity of this.#entities.values())
      for (const end of entity.openEnds) first = Math.min(first, end);
    return first;
  };

  #closeEntity(entity: LogEntity, end: number, samples: Sample[]): void {
    const { tallies, signs } = entity.close(end);
    const put = (name: string, v: number, labels: Labels = {}) => {
      if (v > 0) samples.push({ labels: { ...entity.labels, ...labels, __name__: name }, t: end, v });
    };
    const others = new Float64Array(levelNames.length);
    for (const { slot, count } of tallies)
      if (slot.isNamed) put(metric.lines, count, { level: levelNames[slot.level]!, template: slot.template });
      else others[slot.level] = others[slot.level]! + count;
    others.forEach((count, k) => {
      put(metric.lines, count, { level: levelNames[k]!, template: 'other' });
    });
    put(metric.fresh, signs.fresh);
    put(metric.vanished, signs.vanished);
    put(metric.mix, signs.mix);
  }

  #closeSessions(end: number, samples: Sample[]): void {
    const unseen = this.#sessions.close(end);
    if (unseen.size === 0 || end < this.#wholeFrom || end - this.#clock.since < this.#options.learning)
      return;
    for (const { code, labels, since } of this.#entities.values()) {
      const v = unseen.get(code) ?? 0;
      if (v > 0 && end - since >= this.#options.learning)
        samples.push({ labels: { ...labels, __name__: metric.sessions }, t: end, v });
    }
  }

  /** What changed since the last call; store it with the position of the lines, in one transaction. */
  changes(): LogSignalChanges {
    const known = (t: number) => (Number.isFinite(t) ? t : null);
    const changed = [...this.#entities.values()].filter(entity => entity.changed);
    const templates = this.#freshTemplates;
    this.#freshTemplates = [];
    const gone = this.#gone;
    this.#gone = [];
    for (const entity of changed) entity.changed = false;
    return {
      head: { since: known(this.#clock.since), closed: known(this.#clock.closed) },
      entities: changed.map(entity => entity.toRecord()),
      gone,
      templates,
      sessions: this.#sessions.changes(),
    };
  }

  /** Becomes what was stored: the head, the last record of each entity, all templates and sessions. Throws a RangeError. */
  restore(stored: unknown): void {
    const parsed = storedSchema.safeParse(stored);
    if (!parsed.success)
      throw new RangeError('the stored log signals cannot be read', { cause: parsed.error });
    const { head, entities, templates, sessions } = parsed.data;
    this.#clock.since = head.since ?? Number.NaN;
    this.#clock.closed = head.closed ?? Number.NEGATIVE_INFINITY;
    this.#wholeFrom = this.#clock.closed + broken * this.#options.idle;
    for (const record of entities) {
      const name = fingerprint(record.labels);
      this.#entities.set(name, LogEntity.fromRecord(record, codeOf(name), this.#options));
    }
    for (const template of templates) this.#templates.add(template);
    this.#sessions.restore(sessions);
  }
}

const storedSchema = z.object({
  head: headSchema,
  entities: z.array(entityRecordSchema),
  templates: z.array(z.string()),
  sessions: z.array(z.string()),
});
