import type { IncidentView } from './model.ts';

/** A change or a line of a log that stands as a mark on the axis and, under the same number, in the timeline. */
export interface IncidentMark {
  /** From 1, in order of time. */
  readonly n: number;
  /** ms. */
  readonly at: number;
  readonly kind: 'change' | 'log';
  readonly text: string;
  /** Where more of it is said, http(s). */
  readonly link?: string;
}

/** More of the lines that were never said before cannot be told apart. */
const mostLines = 12;

/** A change's address stands at the end of its text, in brackets. */
const trailing = /^(?<text>.*) \((?<link>https?:\/\/[^\s()]+)\)$/s;

/** The changes and the new lines of logs of an incident, in order of time. */
export function marksOf({ incident, logs }: IncidentView): readonly IncidentMark[] {
  const changes = incident.timeline
    .filter(({ kind }) => kind === 'change')
    .map(({ at, what }) => {
      const { text = what, link } = trailing.exec(what)?.groups ?? {};
      return { at, kind: 'change' as const, text, ...(link === undefined ? {} : { link }) };
    });
  const lines = (logs?.fresh ?? []).slice(0, mostLines).map(({ at, service, text }) => ({
    at,
    kind: 'log' as const,
    text: `${service} says for the first time: ${text}`,
  }));
  return [...changes, ...lines].sort((a, b) => a.at - b.at).map((mark, i) => ({ ...mark, n: i + 1 }));
}

/** The id of the line of the timeline that says what a mark is. */
export function markId({ n }: IncidentMark): string {
  return `mark-${n}`;
}
