import { z } from 'zod';
import type { Alert } from '../core/alert.ts';
import type { Anomaly } from '../core/detector.ts';
import { formatDuration } from '../core/duration.ts';
import { fingerprint, type Labels } from '../core/labels.ts';
import type { SignalSpec } from '../core/pack.ts';
import type { RuleStage } from '../core/pipeline.ts';
import { describe } from './anomaly-words.ts';

/** What a rule needs to know of a signal; `fpr` where an override states another than the rule's. */
export interface RuleSignal
  extends Pick<SignalSpec, 'bad' | 'floor' | 'unit'>,
    Partial<Pick<SignalSpec, 'kind'>> {
  readonly fpr?: number;
}

/**
 * Opens when the evidence reaches the threshold and `open` of the last `of` steps are flagged; closes when `close` more
 * steps were normal than were not, where a flagged one weighs half of `close`: after so many normal ones in a row, and
 * also where life has become noisier than its history. Evidence is a cumulated sum (Page 1954): C <- max(0, C + log10(fpr / p)), a normal step takes it down.
 */
export interface RuleOptions {
  /** A step is flagged when p is at most this. */
  readonly fpr: number;
  readonly open: number;
  readonly of: number;
  readonly close: number;
  /** How much evidence pages; none is needed when it is left out. */
  readonly threshold?: (className: string, entity: Labels) => number;
  /** Told of evidence that rose to `peak` and fell back to nothing without a page. */
  readonly excursion?: (className: string, peak: number, entity: Labels) => void;
  /** A step is normal when p is above this (hysteresis); at least `fpr`. */
  readonly clear: number;
  readonly severity: string;
  /**
   * An entity without data for more than this (ms of the data's time, default 15 minutes) is gone: its alert ends. At
   * least a few steps, else one late sample ends it.
   */
  readonly goneAfter?: number;
  /** Base address of the links. */
  readonly url: string;
  /** Direction and floor of a signal of a class (`pack/class`); undefined = both directions, no floor. */
  readonly signal: (className: string, name: string, entity: Labels) => RuleSignal | undefined;
}

/** How near an entity is to a page. */
export interface RuleStanding {
  readonly evidence: number;
  /** How much evidence pages. */
  readonly needed: number;
  /** Flagged steps among the last `of`. */
  readonly flagged: number;
  /** When its alert began, ms; undefined while none fires. */
  readonly since: number | undefined;
}

/** Made once or read from bytes; fed once a pass, asked at will. */
export interface Rules extends RuleStage {
  standing(className: string, entity: Labels): RuleStanding;
  toBytes(): Uint8Array;
}

const stateSchema = z.array(
  z.tuple([
    z.string(),
    z.strictObject({
      flags: z.array(z.boolean()),
      normal: z.number(),
      evidence: z.number().default(0),
      peak: z.number().default(0),
      since: z.number().nullable(),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
    }),
  ]),
);
interface RowState {
  flags: boolean[];
  normal: number;
  /** What speaks for a page now, and the most of it since it was last 0. */
  evidence: number;
  peak: number;
  since: number | null;
  labels: Labels;
  annotations: Labels;
}

/** The signal that a person is told: the one that was observed worst, else the one with the largest share. */
function topSignal(anomaly: Anomaly): string {
  return anomaly.worst?.signal ?? anomaly.shares[0]?.signal ?? 'unknown';
}

/** False when the top signal deviates the harmless way or by less than its floor: evidence, never an alert. */
function matters(anomaly: Anomaly, options: RuleOptions): boolean {
  const { band, worst } = anomaly;
  const spec = options.signal(anomaly.class, topSignal(anomaly), anomaly.entity);
  if (spec === undefined || band === undefined || worst === undefined) return true;
  const deviation = worst.value - band.mid;
  if (spec.bad === 'high' && deviation < 0) return false;
  if (spec.bad === 'low' && deviation > 0) return false;
  return !(Math.abs(deviation) < spec.floor);
}

function alertOf(state: RowState, url: string, endsAt: number | undefined): Alert {
  return {
    labels: state.labels,
    annotations: state.annotations,
    startsAt: state.since ?? 0,
    endsAt,
    generatorURL: url,
    fingerprint: fingerprint(state.labels),
  };
}

function openAlert(state: RowState, anomaly: Anomaly, severity: string): void {
  state.since = anomaly.t;
  state.normal = 0;
  state.labels = {
    ...anomaly.entity,
    alertname: 'ForeshockAnomaly',
    generator: 'foreshock',
    severity,
    class: anomaly.class,
    signal: topSignal(anomaly),
  };
}

const startingState = (): RowState => ({
  flags: [],
  normal: 0,
  evidence: 0,
  peak: 0,
  since: null,
  labels: {},
  annotations: {},
});

/** One step adds no more than this to the evidence and takes no more away: no single sample pages or clears. */
const mostEvidence = 4;

function gather(state: RowState, weight: number): void {
  state.evidence = Math.max(0, state.evidence + Math.max(-mostEvidence, Math.min(mostEvidence, weight)));
  state.peak = state.evidence === 0 ? 0 : Math.max(state.peak, state.evidence);
}

/** What is seen now, with lines of the log, and the kind of the signal by which the alert is known: the correlator reads it. */
function annotationsOf({ labels }: RowState, anomaly: Anomaly, options: RuleOptions): Labels {
  const signal = labels.signal ?? 'unknown';
  const kind = options.signal(anomaly.class, signal, anomaly.entity)?.kind;
  const { examples = [] } = anomaly;
  return {
    ...describe(anomaly, signal),
    ...(kind === undefined ? {} : { signal_kind: kind }),
    ...(examples.length === 0 ? {} : { log_examples: examples.join('\n') }),
  };
}

/** By how much one step speaks for a recovery: what is neither flagged nor normal takes back one normal step. */
function recovery({ flagged, calm }: { flagged: boolean; calm: boolean }, { close }: RuleOptions): number {
  if (calm) return 1;
  return flagged ? -close / 2 : -1;
}

/** One judged step of one row: moves its state, answers when it resolved in this step. */
function advance(state: RowState, anomaly: Anomaly, options: RuleOptions): number | undefined {
  const { entity, class: className, p } = anomaly;
  const { fpr = options.fpr } = options.signal(className, topSignal(anomaly), entity) ?? {};
  const harmful = matters(anomaly, options);
  const flagged = p <= fpr && harmful;
  state.flags = [...state.flags, flagged].slice(-options.of);
  state.normal = Math.max(
    0,
    state.normal + recovery({ flagged, calm: p > options.clear || !harmful }, options),
  );
  const { peak } = state;
  gather(state, harmful ? Math.log10(fpr / p) : -1);
  if (state.since === null) {
    const enough = state.evidence >= (options.threshold?.(className, entity) ?? 0);
    if (flagged && enough && state.flags.filter(Boolean).length >= options.open)
      openAlert(state, anomaly, options.severity);
    else if (state.evidence === 0 && peak > 0) options.excursion?.(className, peak, entity);
  }
  if (state.since === null) return undefined;
  if (flagged) state.annotations = annotationsOf(state, anomaly, options);
  return state.normal >= options.close ? anomaly.t : undefined;
}

/** The alert of an entity that is gone: ended, and saying that this is no recovery. */
function goneAlert(state: RowState, url: string, at: { readonly t: number; readonly last: number }): Alert {
  const since = new Date(at.last).toISOString();
  const gone = `no data since ${since} (${formatDuration(at.t - at.last)}): the entity is gone, it did not recover`;
  return { ...alertOf(state, url, at.t), annotations: { ...state.annotations, gone } };
}

/** When each row that has a state was last there. It is not stored: our own downtime is nobody's absence. */
class Presence {
  readonly #last = new Map<string, number>();

  see(id: string, t: number): void {
    this.#last.set(id, Math.max(t, this.#last.get(id) ?? t));
  }

  forget(id: string): void {
    this.#last.delete(id);
  }

  /** When the row was last there; a row that was not asked for before counts as there now. */
  last(id: string, t: number): number {
    const last = this.#last.get(id) ?? t;
    this.#last.set(id, last);
    return last;
  }
}

/**
 * Anomalies -> alerts of ours: pending, firing, resolved. A row that is missing, not watched or without a p-value is a
 * gap: it neither opens nor closes, until its entity is gone. The identity is decided at opening and never changes while
 * it fires.
 * Throws a RangeError for options that can never open or close.
 */
export function createRules(options: RuleOptions, stored?: Uint8Array): Rules {
  checkOptions(options);
  const { url, goneAfter = 900_000 } = options;
  const rows = new Map<string, RowState>(
    stored === undefined ? [] : stateSchema.parse(JSON.parse(new TextDecoder().decode(stored))),
  );
  const presence = new Presence();
  const drop = (id: string) => {
    rows.delete(id);
    presence.forget(id);
  };
  /** A row that left for good: what is known of it is dropped; answers its alert, which ends by it. */
  const leave = (id: string, { t, reason }: Anomaly): Alert | undefined => {
    const state = rows.get(id);
    drop(id);
    if (state === undefined || state.since === null) return undefined;
    return { ...alertOf(state, url, t), annotations: { ...state.annotations, gone: reason } };
  };
  /** One reported row: answers its alert when that resolved in this step. */
  const judge = (anomaly: Anomaly): Alert | undefined => {
    const id = `${anomaly.class} ${fingerprint(anomaly.entity)}`;
    if (anomaly.state === 'gone') return leave(id, anomaly);
    if (anomaly.state !== 'no_data' && rows.has(id)) presence.see(id, anomaly.t);
    if (anomaly.state !== 'watching' || !Number.isFinite(anomaly.p)) return undefined;
    const state = rows.get(id) ?? startingState();
    const ended = advance(state, anomaly, options);
    const idle = state.since === null && state.evidence === 0 && !state.flags.includes(true);
    if (ended !== undefined || idle) drop(id);
    else rows.set(id, state);
    return ended === undefined ? undefined : alertOf(state, url, ended);
  };
  /** Rows that have been away for too long are dropped; answers the alerts that end by it. */
  const sweep = (t: number): Alert[] => {
    const away = [...rows].map(([id, state]) => ({ id, state, last: presence.last(id, t) }));
    const gone = away.filter(({ last }) => t - last > goneAfter);
    for (const { id } of gone) drop(id);
    const told = gone.filter(({ state }) => state.since !== null);
    return told.map(({ state, last }) => goneAlert(state, url, { t, last }));
  };
  return {
    standing(className, entity) {
      const state = rows.get(`${className} ${fingerprint(entity)}`);
      return {
        evidence: state?.evidence ?? 0,
        needed: options.threshold?.(className, entity) ?? 0,
        flagged: state?.flags.filter(Boolean).length ?? 0,
        since: state?.since ?? undefined,
      };
    },
    step(t, anomalies) {
      const resolved = anomalies.map(judge).filter(alert => alert !== undefined);
      resolved.push(...sweep(t));
      const firing = [...rows.values()].filter(state => state.since !== null);
      return [...firing.map(state => alertOf(state, url, undefined)), ...resolved];
    },
    toBytes: () => new TextEncoder().encode(JSON.stringify([...rows])),
  };
}

function checkOptions({ open, of, close, fpr, clear, goneAfter = 1 }: RuleOptions): void {
  if (!(open >= 1 && of >= open && close >= 1))
    throw new RangeError(`rule: ${open} of ${of}, close ${close}`);
  if (!(clear >= fpr)) throw new RangeError(`rule: clear ${clear} is below fpr ${fpr}`);
  if (!(goneAfter > 0)) throw new RangeError(`rule: goneAfter ${goneAfter} ms must be above 0`);
}
