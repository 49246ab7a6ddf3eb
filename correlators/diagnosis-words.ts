import { sayCount, sayList } from '../core/say-name.ts';
import { saySpan, sayTime } from '../core/say-time.ts';
import { sayRange, sayValue } from '../core/say-value.ts';
import type { Blame } from './blame.ts';
import type { CallBook } from './call-book.ts';
import type { ServiceSigns, Sign } from './service-signs.ts';
import { type SignalChange, strongest } from './signal-change.ts';

/** One signal that speaks for a service as the cause, with the evidence in sentences. */
export interface DiagnosedSignal {
  readonly service: string;
  readonly signal: string;
  readonly score: number;
  readonly evidence: readonly string[];
}

/** What is known of one suspect. */
export interface Known {
  readonly service: ServiceSigns;
  readonly blame: Blame;
  readonly services: ReadonlyMap<string, ServiceSigns>;
  readonly book: CallBook;
}

const units: readonly (readonly [RegExp, string])[] = [
  [/\(%\)|percent/i, 'percent'],
  [/\(ms\)|_ms$|millis/i, 'ms'],
  [/\(s\)|_s$|seconds/i, 's'],
  [/bytes/i, 'bytes'],
  [/ratio$/i, 'percentunit'],
];

function unitOf(signal: string): string {
  return units.find(([pattern]) => pattern.test(signal))?.[1] ?? '';
}

function sayWhen({ since }: SignalChange, onset: number): string {
  const apart = Math.abs(since - onset);
  if (apart < 1000) return `at the onset, ${sayTime(since)}`;
  return `${saySpan(apart)} ${since < onset ? 'before' : 'after'} the onset, ${sayTime(since)}`;
}

function sayHow({ spreads, times }: SignalChange): string {
  const seen = times === 0 ? 'not seen before' : `seen ${sayCount(times, 'time')} before`;
  const far = spreads >= 1000 ? 'over 1000' : sayValue(Number(spreads.toPrecision(2)));
  return `${far} times its usual spread, ${seen}`;
}

function sayChange({ signal, change, from, to, unit: known }: Sign, onset: number): string {
  const unit = known ?? unitOf(signal);
  const moved = to > from ? 'rose' : 'fell';
  const values = `from ${sayValue(from, unit)} to ${sayValue(to, unit)}`;
  return `${signal} ${moved} ${values} (${sayHow(change)}), ${sayWhen(change, onset)}`;
}

function troubled({ latency, errors, calls, state }: ServiceSigns): boolean {
  return latency !== undefined || errors !== undefined || calls !== undefined || state > 0;
}

function sayPerRequest(change: SignalChange): string {
  return `calls per request went from ${sayValue(change.usual)} to ${sayValue(change.now)} (${sayHow(change)})`;
}

function sayBelow({ service, book }: Known): string[] {
  const below = book.callees(service.name);
  if (below.length === 0) return [];
  const bad = below.filter(troubled).map(({ name }) => name);
  if (bad.length > 0) return [`it calls ${sayList(bad)}, changed too`];
  const calls = service.calls === undefined ? '' : 'its calls are slower or fail, yet ';
  return [`${calls}none of what it calls changed`];
}

/** Whom of its callers it explains, and how long before them it changed. */
function sayAbove({ service, blame, services }: Known): string[] {
  const above = [...blame.fromCallers].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  if (above.length === 0) return [];
  const words = [`explains the trouble of ${sayList(above)}`];
  const own = service.signs[0]?.change.since;
  const later = above.find(
    name => (services.get(name)?.signs[0]?.change.since ?? 0) > (own ?? Number.POSITIVE_INFINITY),
  );
  if (own !== undefined && later !== undefined)
    words.push(`changed ${saySpan(services.get(later)!.signs[0]!.change.since - own)} before ${later}`);
  return words;
}

/** What stands around the suspect: who below it is in trouble, who above hands blame on. */
function sayAround(known: Known): string[] {
  const { lost } = known.blame;
  const callers = lost?.callers.map(({ name }) => name) ?? [];
  const unasked =
    lost === undefined
      ? []
      : [`${sayList(callers)} fail and ask it less often: ${sayPerRequest(lost.change)}`];
  return [...sayBelow(known), ...unasked, ...sayAbove(known)];
}

function scoreOf(blame: Blame, strength: number, most: number): number {
  return blame.score * Math.min(1, strength / Math.max(most, Number.EPSILON));
}

function strongestOf({ service, blame }: Known): number {
  const own = service.signs[0]?.change.strength ?? 0;
  return Math.max(
    service.silence > 0 ? strongest : own,
    ...blame.ledger.map(({ change }) => change.strength),
  );
}

/** The suspect's own signals that changed; of one that fell silent, that. */
export function changedSignals(known: Known): DiagnosedSignal[] {
  const { service, blame } = known;
  const around = sayAround(known);
  const most = strongestOf(known);
  const changed = service.signs.map((sign, k) => ({
    service: service.name,
    signal: sign.signal,
    score: scoreOf(blame, sign.change.strength, most),
    evidence: [sayChange(sign, service.window.onset), ...(k === 0 ? around : [])],
  }));
  if (service.silence === 0) return changed;
  const evidence = [`all that ${service.name} reported is missing since the onset`, ...around];
  return [{ service: service.name, signal: 'no samples', score: blame.score, evidence }, ...changed];
}

/** How the suspect changed its calls to others. */
export function ledgerSignals(known: Known): DiagnosedSignal[] {
  const { service, blame } = known;
  return blame.ledger.map(({ callee, change, callers }) => {
    const others = callers.filter(({ name }) => name !== service.name).map(({ name }) => name);
    const together = others.length === 0 ? '' : ` (with ${sayList(others)})`;
    return {
      service: service.name,
      signal: `calls to ${callee}`,
      score: scoreOf(blame, change.strength, strongestOf(known)),
      evidence: [
        `it${together} asks ${callee} ${change.direction === 'up' ? 'more' : 'less'} often than its own traffic explains: ${sayPerRequest(change)}, ${sayWhen(change, service.window.onset)}`,
      ],
    };
  });
}

function showsItself({ latency, errors, state }: ServiceSigns): boolean {
  return latency !== undefined || errors !== undefined || state > 0;
}

/** What callers say of a suspect that shows neither trouble nor a change of state itself. */
export function accusedSignals(known: Known): DiagnosedSignal[] {
  const { service, blame, services, book } = known;
  return [...blame.fromCallers].flatMap(([name, part]) => {
    const caller = services.get(name);
    const sign = caller?.calls;
    if (caller === undefined || sign === undefined || showsItself(service)) return [];
    const share = book.rate(name, service.name)?.share;
    const evidence = [
      `calls of ${name}: ${sayChange(sign, caller.window.onset)}`,
      ...(caller.slowShare === undefined
        ? []
        : [
            `${sayRange({ low: caller.slowShare[0], high: caller.slowShare[1] }, 1, 'percentunit')} of them became slow`,
          ]),
      ...(share === undefined
        ? []
        : [`about ${sayValue(share, 'percentunit')} of them go to ${service.name}`]),
    ];
    return [{ service: service.name, signal: sign.signal, score: Math.min(blame.score, part), evidence }];
  });
}
