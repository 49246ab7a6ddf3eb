import type { Topology } from '../core/topology.ts';
import { type Blame, shareBlame } from './blame.ts';
import { CallBook } from './call-book.ts';
import { accusedSignals, changedSignals, type DiagnosedSignal, ledgerSignals } from './diagnosis-words.ts';
import { type ReadableFrame, readService, type ServiceSigns } from './service-signs.ts';
import { Graph } from './topology.ts';

/** When trouble was noticed (ms), and where, if somebody said so. */
export interface Noticed {
  readonly onset: number;
  /** The service on which the trouble shows: only what it reaches by calls can be the cause. */
  readonly target?: string;
}

/** What the metrics around an onset say of its cause, best first. Nothing in `services` means that nothing is wrong. */
export interface Diagnosis {
  readonly services: readonly { readonly name: string; readonly score: number }[];
  readonly signals: readonly DiagnosedSignal[];
  /** Services that have too few rows before or after the onset to say anything. */
  readonly unread: readonly string[];
}

/**
 * The evidence of the first five services together that is more than noise. Who names a place asks about that place: what
 * lies beside the way from there to a cause counts less, and is asked for more.
 */
const enough = { anywhere: 0.5, target: 0.75 };
/** The largest of many noises grows with the logarithm of their number; so many signals are few. */
const fewSignals = 150;
const besideTheWay = 0.3;
const mostServices = 20;
const mostSignals = 60;

function readAll(frames: readonly ReadableFrame[], onset: number) {
  const services = new Map<string, ServiceSigns>();
  const unread: string[] = [];
  for (const frame of frames) {
    const name = nameOf(frame);
    const service = readService(name, frame, onset);
    if (service === undefined) unread.push(name);
    else services.set(name, service);
  }
  return { services, unread };
}

/** Where most services fall silent at once, it is their metrics that are missing: then silence says nothing. */
function withoutOutage(services: ReadonlyMap<string, ServiceSigns>): ReadonlyMap<string, ServiceSigns> {
  const silent = [...services.values()].filter(({ silence }) => silence > 0).length;
  if (silent < 2 || 2 * silent <= services.size) return services;
  return new Map(
    [...services].map(([name, one]) => [name, { ...one, state: one.state - one.silence, silence: 0 }]),
  );
}

function nameOf({ entity }: ReadableFrame): string {
  return entity.service ?? Object.values(entity).join(' ');
}

/** True for a service of which the metrics or a caller say something. */
function showsTrouble(service: ServiceSigns, accused: boolean): boolean {
  const { latency, errors, calls, state } = service;
  return latency !== undefined || errors !== undefined || calls !== undefined || state > 0 || accused;
}

/** What the target reaches, less for what is not reached over services in trouble. */
function seenFrom(target: string, blames: readonly Blame[], book: CallBook, graph: Graph): Blame[] {
  const reach = graph.reach(target);
  const accused = new Set(blames.filter(({ fromCallers }) => fromCallers.size > 0).map(({ name }) => name));
  const way = new Set([target]);
  for (const at of way)
    for (const callee of book.callees(at))
      if (showsTrouble(callee, accused.has(callee.name))) way.add(callee.name);
  return blames
    .filter(({ name }) => name === target || reach.has(name))
    .map(blame => (way.has(blame.name) ? blame : { ...blame, score: besideTheWay * blame.score }))
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
}

/**
 * Ranks services as the cause of trouble from their metrics alone: `frames` hold one service each (label `service`), with
 * rows before and after the onset. Signals are read by their names; services are ranked by evidence only.
 */
export function diagnose(frames: readonly ReadableFrame[], topology: Topology, noticed: Noticed): Diagnosis {
  return diagnoseOn(frames, new Graph(topology), noticed);
}

/** `diagnose` over a graph that is there. */
export function diagnoseOn(frames: readonly ReadableFrame[], graph: Graph, noticed: Noticed): Diagnosis {
  const { services: read, unread } = readAll(frames, noticed.onset);
  const services = withoutOutage(read);
  const book = new CallBook(services, graph);
  const { target } = noticed;
  const all = shareBlame(services, book);
  const blames = (target === undefined ? all : seenFrom(target, all, book, graph)).slice(0, mostServices);
  const evidence = blames.slice(0, 5).reduce((sum, { score }) => sum + score, 0);
  const many = frames.reduce((n, frame) => n + frame.signals.length, 0) / fewSignals;
  const asked = target === undefined ? enough.anywhere : enough.target;
  if (evidence < asked * (1 + 2 * Math.log10(Math.max(1, many))))
    return { services: [], signals: [], unread };
  const signals = blames.flatMap(blame => {
    const service = services.get(blame.name)!;
    const known = { service, blame, services, book };
    return [...changedSignals(known), ...ledgerSignals(known), ...accusedSignals(known)];
  });
  return {
    services: blames.map(({ name, score }) => ({ name, score: rounded(score) })),
    signals: signals
      .map(signal => ({ ...signal, score: rounded(signal.score) }))
      .sort((a, b) => b.score - a.score)
      .slice(0, mostSignals),
    unread,
  };
}

function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}
