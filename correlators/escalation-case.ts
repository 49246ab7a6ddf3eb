/** What is known of a case from `t` (ms) on: all of its fields, counts as numbers, everything else as text. */
export interface CaseEvent {
  readonly t: number;
  readonly fields: Readonly<Record<string, string | number>>;
}

/** An incident as its desk tells it: at least one event, in order of time; the first one says how it was opened. */
export interface Case {
  readonly id: string;
  readonly openedAt: number;
  readonly events: readonly CaseEvent[];
}

/** What may become of a case. An event that `reached` is never taken back; after one that is `over` nothing comes. */
export interface Outcome {
  readonly name: string;
  /** What happened to cases that reached it, as it stands after "41 % of such": "were re-assigned". */
  readonly says: string;
  reached(event: CaseEvent, first: CaseEvent): boolean;
  over(event: CaseEvent): boolean;
}

/** What was known of an outcome, since when (ms). */
export interface Fate {
  readonly known: 'reached' | 'over' | 'open';
  readonly at: number;
}

/** The events of a case that were known at `at`; how it was opened always is. */
export function knownEvents({ events }: Case, at: number): readonly CaseEvent[] {
  let known = events.length;
  while (known > 1 && events[known - 1]!.t > at) known--;
  return known === events.length ? events : events.slice(0, known);
}

/** The fate of events as far as they go. */
export function fateOf(events: readonly CaseEvent[], outcome: Outcome): Fate {
  const first = events[0]!;
  let over: Fate | undefined;
  for (const event of events) {
    if (outcome.reached(event, first)) return { known: 'reached', at: event.t };
    if (outcome.over(event)) over ??= { known: 'over', at: event.t };
  }
  return over ?? { known: 'open', at: events.at(-1)!.t };
}
