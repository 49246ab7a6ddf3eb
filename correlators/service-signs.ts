import type { Frame } from '../core/batch.ts';
import type { KnownFrame } from '../core/incident-frames.ts';
import { type OnsetWindow, windowAt } from './onset-window.ts';
import { changeOf, freshness, type SignalChange, type Track, usualLife } from './signal-change.ts';
import { readMeaning, readSignal, type SignalReading, type SignalRole } from './signal-role.ts';

/** One signal of a service that changed. `from` and `to` are in the signal's unit, as it stands in the metrics. */
export interface Sign {
  readonly signal: string;
  readonly reading: SignalReading;
  readonly change: SignalChange;
  readonly from: number;
  readonly to: number;
  /** As its pack declares it; undefined where only the name is known. */
  readonly unit?: string | undefined;
}

/** A frame of which only the names of the signals are known, or what each of them measures too. */
export type ReadableFrame = Frame & Partial<Pick<KnownFrame, 'meanings'>>;

/** What the metrics of one service show at an onset. */
export interface ServiceSigns {
  readonly name: string;
  readonly window: OnsetWindow;
  /** All that changed, the strongest first. */
  readonly signs: readonly Sign[];
  /** Its strongest degradations, and that of the calls that it makes. */
  readonly latency: Sign | undefined;
  readonly errors: Sign | undefined;
  readonly calls: Sign | undefined;
  /** It says itself that it is there, and did not change in that. */
  readonly alive: boolean;
  /** By how much its latency and that of its calls rose at most, in their own unit. */
  readonly slower: number;
  readonly callsSlower: number;
  /** By how much its latency rose in the quantile that rose least; 0 when it did not. */
  readonly slowerAtLeast: number;
  /** Between which shares of its calls became slow, by the quantiles that rose; undefined when unknown. */
  readonly slowShare: readonly [low: number, high: number] | undefined;
  /** It measures its calls, so that its silence on them speaks for what it calls. */
  readonly watchesCalls: boolean;
  /** Strength of what changed in its own state, which no callee explains, and the signs of it. */
  readonly state: number;
  readonly stateSigns: readonly Sign[];
  /** Part of `state`: all that it reported regularly is missing since the onset; 0 when it is not. */
  readonly silence: number;
  readonly requests: Track | undefined;
}

/** How much a change of state counts, by its role: what is lost most, the machine below that others share least. */
const stateWeights: Readonly<Partial<Record<SignalRole, number>>> = {
  resource: 1,
  memory: 0.5,
  loss: 2,
  other: 0.5,
};
const nodeWeight = 0.2;
const silenceStrength = 3;
/** Half of a per cent of the requests is the smallest share of errors that matters. */
const smallestShare = 0.005;

interface Reading {
  readonly readings: readonly SignalReading[];
  readonly requests: Track | undefined;
  readonly signs: readonly Sign[];
}

interface Prepared {
  readonly track: Track;
  readonly floor: number;
  /** The value as the metrics have it. */
  readonly shown: (value: number) => number;
}

function largest(v: Float64Array): number {
  let most = 0;
  for (const value of v) if (value > most) most = value;
  return most;
}

function identity(value: number): number {
  return value;
}

/** Errors as a share of all: of a share of successes what is missing, of a count its part of the requests. */
function preparedErrors(name: string, bad: string, track: Track, requests: Track | undefined): Prepared {
  const most = largest(track.v);
  const whole = most > 1.5 ? 100 : 1;
  if (bad === 'low') {
    const shown = (value: number) => whole - value;
    return { track: { t: track.t, v: track.v.map(shown) }, floor: smallestShare * whole, shown };
  }
  if (most <= 1 || /ratio|percent|share|%/i.test(name))
    return { track, floor: smallestShare * whole, shown: identity };
  if (requests === undefined) return { track, floor: 1, shown: identity };
  const v = track.v.map((value, i) => (requests.v[i]! > 0 ? value / requests.v[i]! : Number.NaN));
  return { track: { t: track.t, v }, floor: smallestShare, shown: identity };
}

/** How the signals of a frame are read; of a machine, all that it reports is its own. */
function readingsOf({ signals, meanings }: ReadableFrame): readonly SignalReading[] {
  if (meanings !== undefined) return meanings.map(readMeaning);
  const readings = signals.map(readSignal);
  return readings.every(({ ofNode }) => ofNode)
    ? readings.map(reading => ({ ...reading, ofNode: false }))
    : readings;
}

/** A deviation that is just worth a page is a small change. */
const floorsInAPage = 3;

function signsOf(
  frame: ReadableFrame,
  window: OnsetWindow,
  known: Pick<Reading, 'readings' | 'requests'>,
): Sign[] {
  const { readings, requests } = known;
  const signs: Sign[] = [];
  for (const [k, signal] of frame.signals.entries()) {
    const reading = readings[k]!;
    const plain = { t: frame.t, v: frame.columns[k]! };
    const { track, floor, shown } =
      reading.role === 'errors' && (frame.meanings === undefined || reading.bad === 'low')
        ? preparedErrors(signal, reading.bad, plain, requests)
        : { track: plain, floor: 0, shown: identity };
    const { unit, floor: paged = 0 } = frame.meanings?.[k]?.spec ?? {};
    const usual = usualLife(track, window, Math.max(floor, paged / floorsInAPage));
    if (usual === undefined) continue;
    for (const direction of directionsOf(reading)) {
      const change = changeOf(track, window, { usual, direction });
      if (change !== undefined)
        signs.push({ signal, reading, change, from: shown(change.usual), to: shown(change.now), unit });
    }
  }
  return signs.sort((a, b) => b.change.strength - a.change.strength);
}

function directionsOf({ role, bad }: SignalReading): readonly ('up' | 'down')[] {
  if (role === 'errors' || role === 'latency') return ['up'];
  if (role === 'loss') return [bad === 'low' ? 'down' : 'up'];
  return ['up', 'down'];
}

const degradations: readonly SignalRole[] = ['latency', 'errors'];
const rise = ({ change }: Sign) => change.now - change.usual;
const strengthOf = (sign: Sign | undefined) => sign?.change.strength ?? 0;

function stateOf(signs: readonly Sign[]): { state: number; stateSigns: readonly Sign[] } {
  const best = (test: (sign: Sign) => boolean) => signs.find(test);
  const own = (sign: Sign) => !sign.reading.ofNode && !sign.reading.ofCalls;
  const busier = best(s => s.reading.role === 'traffic' && own(s) && s.change.direction === 'up');
  const parts: { sign: Sign; weight: number }[] = [];
  for (const role of ['resource', 'memory', 'loss', 'other'] as const) {
    // A resource that is used less follows the traffic; one that is used more is news as far as the traffic did not rise.
    const sign = best(
      s => s.reading.role === role && own(s) && (role !== 'resource' || s.change.direction === 'up'),
    );
    if (sign === undefined) continue;
    const explained = role === 'resource' ? strengthOf(busier) : 0;
    parts.push({ sign, weight: stateWeights[role]! * Math.max(0, strengthOf(sign) - explained) });
  }
  const scarce = (role: SignalRole) => role === 'resource' || role === 'memory';
  const node = best(s => s.reading.ofNode && scarce(s.reading.role) && s.change.direction === 'up');
  if (node !== undefined) parts.push({ sign: node, weight: nodeWeight * strengthOf(node) });
  const told = parts.filter(({ weight }) => weight > 0);
  return {
    state: told.reduce((sum, { weight }) => sum + weight, 0),
    stateSigns: told.map(({ sign }) => sign),
  };
}

/** The share of calls that became slow, from the lowest quantile that rose about as clearly as any. */
function slowShareOf(frame: Frame, { readings, signs }: Reading): ServiceSigns['slowShare'] {
  const ladder = frame.signals
    .map((signal, k) => ({ signal, reading: readings[k]! }))
    .filter(({ reading }) => reading.ofCalls && reading.role === 'latency')
    .flatMap(({ signal, reading: { quantile } }) => (quantile === undefined ? [] : [{ signal, quantile }]))
    .map(rung => ({ ...rung, strength: strengthOf(signs.find(s => s.signal === rung.signal)) }))
    .sort((a, b) => a.quantile - b.quantile);
  const most = Math.max(0, ...ladder.map(({ strength }) => strength));
  const first = ladder.findIndex(({ strength }) => strength > 0 && strength >= most / 2);
  if (first < 0) return undefined;
  return [1 - ladder[first]!.quantile, first === 0 ? 1 : 1 - ladder[first - 1]!.quantile];
}

/**
 * How strongly a service fell silent: all that was there in nine of ten rows before is missing in the last two thirds of
 * the news, at least two rows; less when that began before the onset.
 */
function silenceOf(frame: Frame, window: OnsetWindow): number {
  const { before, after, end } = window;
  const present = (column: Float64Array) =>
    column.subarray(0, before).reduce((n, value) => n + Number(Number.isFinite(value)), 0);
  const regular = frame.columns.filter(column => present(column) >= 0.9 * before);
  let first = end;
  while (first > 0 && regular.every(column => !Number.isFinite(column[first - 1]!))) first--;
  const gone = Math.max(2, Math.ceil((2 * (end - after)) / 3));
  return regular.length === 0 || end - first < gone
    ? 0
    : silenceStrength * freshness(frame.t[first]!, window);
}

/** True where what counts what is there of it goes on, as it was. */
function isAlive(readings: readonly SignalReading[], signs: readonly Sign[], silence: number): boolean {
  const counted = readings.some(({ role }) => role === 'loss');
  return counted && silence === 0 && !signs.some(({ reading }) => reading.role === 'loss');
}

function requestsOf(frame: Frame, readings: readonly SignalReading[]): Track | undefined {
  const k = readings.findIndex(({ requests, ofNode, ofCalls }) => requests && !ofNode && !ofCalls);
  return k < 0 ? undefined : { t: frame.t, v: frame.columns[k]! };
}

/** Reads what the frame of the service `name` shows at an onset (ms); undefined when it has too few rows there. */
export function readService(name: string, frame: ReadableFrame, onset: number): ServiceSigns | undefined {
  const window = windowAt(frame.t, onset);
  if (window === undefined) return undefined;
  const readings = readingsOf(frame);
  const requests = requestsOf(frame, readings);
  const signs = signsOf(frame, window, { readings, requests });
  const degraded = signs.filter(({ reading }) => degradations.includes(reading.role));
  const own = degraded.filter(({ reading }) => !reading.ofCalls);
  const ofCalls = degraded.filter(({ reading }) => reading.ofCalls);
  const rises = (some: readonly Sign[]) => some.filter(s => s.reading.role === 'latency').map(rise);
  const silence = silenceOf(frame, window);
  const { state, stateSigns } = stateOf(signs);
  return {
    name,
    window,
    signs,
    latency: own.find(s => s.reading.role === 'latency'),
    errors: own.find(s => s.reading.role === 'errors'),
    calls: ofCalls[0],
    alive: isAlive(readings, signs, silence),
    slower: Math.max(0, ...rises(own)),
    callsSlower: Math.max(0, ...rises(ofCalls)),
    slowerAtLeast: own.some(s => s.reading.role === 'latency') ? Math.min(...rises(own)) : 0,
    slowShare: slowShareOf(frame, { readings, requests, signs }),
    watchesCalls: readings.some(({ ofCalls }) => ofCalls),
    state: state + silence,
    stateSigns,
    silence,
    requests,
  };
}
