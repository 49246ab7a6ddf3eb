import type { Anomaly } from '../core/detector.ts';
import type { LogLevel } from '../core/log.ts';
import { maskLine } from '../core/mask-line.ts';

/** What lines of a service are kept apart, so that an anomaly shows those that it speaks of. */
type Shelf = 'errors' | 'warnings' | 'fresh' | 'any';

const most = 3;
/** Lines of a shelf that is full are replaced this seldom, ms: a flood must cost nothing. */
const pause = 1000;
const longest = 1000;
const mostServices = 10_000;

interface Kept {
  readonly lines: string[];
  at: number;
}

/** A line as it is offered: `text` from `from` to `to` is its message. */
export interface OfferedLine {
  readonly text: string;
  readonly span: { readonly from: number; readonly to: number; readonly t: number };
  readonly level: LogLevel | undefined;
  /** Its template was never said before. */
  readonly isFresh: boolean;
}

function shelfOf({ level, isFresh }: OfferedLine): Shelf {
  if (isFresh) return 'fresh';
  if (level === 'error' || level === 'fatal') return 'errors';
  return level === 'warn' ? 'warnings' : 'any';
}

/** A string of its own: a piece of a large text would keep all of it in memory. */
function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}

/** The last lines of each service: three errors, three warnings, three that were never said before, three of any kind. */
export class LogExamples {
  readonly #services = new Map<string, Map<Shelf, Kept>>();

  offer(service: string, line: OfferedLine): void {
    const shelves = this.#shelvesOf(service);
    const shelf = shelfOf(line);
    const kept = shelves.get(shelf);
    const { t, from, to } = line.span;
    if (kept !== undefined && kept.lines.length >= most && t - kept.at < pause) return;
    const text = ownCopy(line.text.slice(from, Math.min(to, from + longest)));
    if (kept === undefined) shelves.set(shelf, { lines: [text], at: t });
    else {
      kept.lines.unshift(text);
      kept.lines.length = Math.min(most, kept.lines.length);
      kept.at = t;
    }
  }

  #shelvesOf(service: string): Map<Shelf, Kept> {
    const known = this.#services.get(service);
    if (known !== undefined) return known;
    if (this.#services.size >= mostServices) this.#services.clear();
    const shelves = new Map<Shelf, Kept>();
    this.#services.set(service, shelves);
    return shelves;
  }

  /** Lines for a signal of a service, the newest first; as they were said. */
  of(service: string, signal: string): readonly string[] {
    const shelves = this.#services.get(service);
    return shelves?.get(shelfOfSignal[signal] ?? 'any')?.lines ?? [];
  }
}

const shelfOfSignal: Readonly<Record<string, Shelf>> = {
  error_lines: 'errors',
  warning_lines: 'warnings',
  new_templates: 'fresh',
  mix_change: 'fresh',
  unseen_sessions: 'fresh',
};

/** The anomaly with lines that may be shown: secrets and personal data are hidden. */
export function withExamples(anomaly: Anomaly, lines: readonly string[]): Anomaly {
  return lines.length === 0
    ? anomaly
    : { ...anomaly, examples: lines.slice(0, most).map(line => maskLine(line)) };
}
