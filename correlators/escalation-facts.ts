import type { Case, CaseEvent } from './escalation-case.ts';

/** Which facts of a case are looked at; found in the history, the same for every case after it. */
export interface Vocabulary {
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
  /** Texts that change in the life of a case. */
  readonly moving: readonly string[];
  /** Texts of few values that move: the way through them is looked at. */
  readonly paths: readonly string[];
}

/** The facts of a case at one moment: numbers (NaN = unknown) and words, in the order of `factNames`. */
export interface Facts {
  readonly numbers: readonly number[];
  readonly words: readonly string[];
}

/** A case as it stood at `at` (ms), with the events known by then. */
export interface Moment {
  readonly case: Case;
  readonly events: readonly CaseEvent[];
  readonly at: number;
}

/** What a fact is about, and how a person says it. */
export interface FactNames {
  readonly numbers: readonly string[];
  readonly words: readonly string[];
}

const hour = 3_600_000;
const fewValues = 12;
/** A text moves when it changed in this share of the cases. */
const movingShare = 0.01;

interface Seen {
  readonly values: Set<string>;
  texts: number;
  numbers: number;
  moved: number;
}

function observe(seen: Map<string, Seen>, { events }: Case): void {
  for (const [name, first] of Object.entries(events[0]!.fields)) {
    let field = seen.get(name);
    if (field === undefined) {
      field = { values: new Set(), texts: 0, numbers: 0, moved: 0 };
      seen.set(name, field);
    }
    if (typeof first === 'number') field.numbers++;
    else field.texts++;
    let moved = 0;
    for (const event of events) {
      const value = event.fields[name];
      if (value !== first) moved = 1;
      if (field.values.size <= fewValues) field.values.add(String(value));
    }
    field.moved += moved;
  }
}

/** The facts that a history has; a field that never says anything else is left out. */
export function vocabularyOf(cases: readonly Case[]): Vocabulary {
  const seen = new Map<string, Seen>();
  for (const one of cases) observe(seen, one);
  const telling = [...seen].filter(([, { values }]) => values.size > 1).sort(([a], [b]) => (a < b ? -1 : 1));
  const texts = telling.filter(([, { texts: count, numbers }]) => count >= numbers);
  const moving = texts.filter(([, { moved }]) => moved >= movingShare * cases.length && moved > 0);
  const names = (fields: typeof telling) => fields.map(([name]) => name);
  return {
    numbers: names(telling.filter(field => !texts.includes(field))),
    texts: names(texts),
    moving: names(moving),
    paths: names(moving.filter(([, { values }]) => values.size <= fewValues)),
  };
}

export function factNames({ numbers, texts, moving, paths }: Vocabulary): FactNames {
  return {
    numbers: [
      ...numbers,
      ...numbers.map(name => `rise of ${name}`),
      ...moving.map(name => `different values of ${name}`),
      'events so far',
      'hours from opening to the first event',
      'hours since the last event',
      'hours since opening',
      'hour of the day of opening (UTC)',
      'day of the week of opening (0 = Sunday)',
    ],
    words: [...texts, ...moving.map(name => `first ${name}`), ...paths.map(name => `way of ${name}`)],
  };
}

const text = (event: CaseEvent, name: string) => String(event.fields[name] ?? '');

function number(event: CaseEvent, name: string): number {
  const value = event.fields[name];
  return typeof value === 'number' ? value : Number.NaN;
}

function wayOf(events: readonly CaseEvent[], name: string): string {
  const steps = events.map(event => text(event, name));
  return steps.filter((step, k) => step !== steps[k - 1]).join(' > ');
}

/** What is known of a case at `at` from the events known by then; a clock that ran ahead makes no span negative. */
export function factsOf({ case: one, events, at }: Moment, vocabulary: Vocabulary): Facts {
  const { numbers, texts, moving, paths } = vocabulary;
  const first = events[0]!;
  const last = events.at(-1)!;
  const opened = new Date(one.openedAt);
  return {
    numbers: [
      ...numbers.map(name => number(last, name)),
      ...numbers.map(name => number(last, name) - number(first, name)),
      ...moving.map(name => new Set(events.map(event => text(event, name))).size),
      events.length,
      (first.t - one.openedAt) / hour,
      Math.max(0, at - last.t) / hour,
      (at - one.openedAt) / hour,
      opened.getUTCHours() + opened.getUTCMinutes() / 60,
      opened.getUTCDay(),
    ],
    words: [
      ...texts.map(name => text(last, name)),
      ...moving.map(name => text(first, name)),
      ...paths.map(name => wayOf(events, name)),
    ],
  };
}
