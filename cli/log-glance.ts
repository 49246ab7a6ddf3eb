import type { LogLevel } from '../core/log.ts';
import { maskLine } from '../core/mask-line.ts';
import type { LogLine } from '../server/model.ts';

/** A line as it is offered: its message is `text` from `from` to `to`. */
export interface GlancedLine {
  readonly text: string;
  readonly span: { readonly from: number; readonly to: number; readonly t: number };
  readonly level: LogLevel | undefined;
  /** No line of its kind was said before. */
  readonly isFresh: boolean;
}

/** Which lines are asked for; times in ms, both ends included. */
export interface GlanceRange {
  readonly services: ReadonlySet<string>;
  readonly start: number;
  readonly end: number;
}

type Kept = Pick<LogLine, 'at' | 'text'>;

interface Service {
  readonly fresh: Kept[];
  readonly errors: Kept[];
}

const mostFresh = 20;
const mostErrors = 5;
/** Errors of a service are looked at this seldom once there are enough, ms: a flood must cost nothing. */
const pause = 1000;
const longest = 1000;
const mostServices = 10_000;

/** A string of its own: a piece of a large text would keep all of it in memory. */
function ownCopy({ text, span: { from, to } }: GlancedLine): string {
  return Buffer.from(text.slice(from, Math.min(to, from + longest))).toString();
}

function keep(lines: Kept[], line: Kept, most: number): void {
  lines.push(line);
  if (lines.length > most) lines.shift();
}

/** Of each service the last lines of kinds that were never said before, and its last lines of errors, with their times. */
export class LogGlance {
  readonly #services = new Map<string, Service>();

  offer(name: string, line: GlancedLine): void {
    const isError = line.level === 'error' || line.level === 'fatal';
    if (!line.isFresh && !isError) return;
    const { fresh, errors } = this.#serviceOf(name);
    const at = line.span.t;
    const isDue = errors.length < mostErrors || Math.abs(at - errors.at(-1)!.at) >= pause;
    if (!line.isFresh && !isDue) return;
    const kept = { at, text: ownCopy(line) };
    if (line.isFresh) keep(fresh, kept, mostFresh);
    if (isError && isDue) keep(errors, kept, mostErrors);
  }

  #serviceOf(name: string): Service {
    const known = this.#services.get(name);
    if (known !== undefined) return known;
    if (this.#services.size >= mostServices) this.#services.clear();
    const service = { fresh: [], errors: [] };
    this.#services.set(name, service);
    return service;
  }

  /** First lines of their kinds and lines of errors, in order of time; secrets and personal data are hidden. */
  around({ services, start, end }: GlanceRange): { readonly fresh: LogLine[]; readonly errors: LogLine[] } {
    const out: { fresh: LogLine[]; errors: LogLine[] } = { fresh: [], errors: [] };
    for (const service of services)
      for (const kind of ['fresh', 'errors'] as const)
        for (const { at, text } of this.#services.get(service)?.[kind] ?? [])
          if (at >= start && at <= end) out[kind].push({ at, service, text: maskLine(text) });
    for (const lines of Object.values(out)) lines.sort((a, b) => a.at - b.at);
    return out;
  }
}
