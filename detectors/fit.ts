import type { Frame } from '../core/batch.ts';
import type { DetectorContext } from '../core/detector.ts';
import { fingerprint } from '../core/labels.ts';
import { AbsenceWatch } from './absence.ts';
import { type Baseline, baselineOf, emptyBaseline, zLimit } from './baseline.ts';
import { blockLength, RollingTail } from './calibrate.ts';
import { ClassModel, type Member } from './class-model.ts';
import { Decisions } from './decision.ts';
import { liveThroughPasts } from './decision-past.ts';
import { combineCauchy } from './ensemble.ts';
import { type EpisodePolicy, Episodes } from './episode.ts';
import { scoreFrame } from './frame-window.ts';
import { detectors } from './index.ts';
import { PooledTail } from './pooled-tail.ts';
import { SeasonalBands } from './seasonal-band.ts';

/** What a class is fitted for. `detectors` names those that take part; without it all do. */
export interface FitContext extends DetectorContext {
  /** Share of normal rows that may be flagged. */
  readonly fpr: number;
  readonly detectors?: readonly string[];
  /** Options of detectors by name; what is left out is the default. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Share of each history that fits the detectors; the rest is held out and gives the scales. */
const fitShare = 0.6;
/** So long a change is held back from the scales; then it becomes the new normal. */
const holdFor = 30 * 60_000;
/** When episodes of a class open and close at a stated share of flagged rows. */
export function episodePolicy(fpr: number): EpisodePolicy {
  return { open: fpr, close: fpr, hold: holdFor, strong: fpr / 4 };
}

/** Held-out rows of a class that are scored: more tell its scales no more. Of each entity there are `leastScored`, evenly thinned. */
const mostScored = 16_384;
const leastScored = 1000;

/** A row watches on its own scale once it has learned so many samples, and so long a life (ms): steps may be short. */
const neededSamples = 100;
const neededLife = 15 * 60_000;

function standardized(frame: Frame, baseline: Baseline, row: number): Frame {
  const width = frame.columns.length;
  const columns = frame.columns.map((column, k) => {
    const centre = baseline.centre[row * width + k]!;
    const scale = baseline.scale[row * width + k]!;
    return column.map(v => Math.max(-zLimit, Math.min(zLimit, (v - centre) / scale)));
  });
  return { ...frame, columns };
}

function slice(frame: Frame, from: number, to: number): Frame {
  return { ...frame, t: frame.t.subarray(from, to), columns: frame.columns.map(c => c.subarray(from, to)) };
}

function chosen(names: readonly string[] | undefined): typeof detectors {
  const known = detectors.map(d => d.name);
  const wrong = names?.filter(name => !known.includes(name)) ?? [];
  if (wrong.length > 0) throw new RangeError(`unknown detector ${wrong.join(', ')}: use ${known.join(', ')}`);
  return names === undefined ? detectors : detectors.filter(d => names.includes(d.name));
}

/**
 * Fits a class on its history, one frame an entity. The first 60 % of each history fits the detectors, the rest is held
 * out: it gives each detector's scale, and the first calibration of each entity.
 */
export function fitClassModel(history: Iterable<Frame>, context: FitContext): ClassModel {
  const frames = [...history];
  const width = context.signals.length;
  const baseline = emptyBaseline(frames.length * width);
  const absence = new AbsenceWatch(frames.length, width);
  const bands = new SeasonalBands(frames.length, width);
  frames.forEach((frame, row) => {
    frame.columns.forEach((column, k) => {
      const cell = row * width + k;
      const { centre, scale, constant } = baselineOf(column, context.signals[k]?.floor);
      baseline.centre[cell] = centre;
      baseline.scale[cell] = scale;
      baseline.constant[cell] = constant;
      bands.fit(cell, frame.t, column);
      absence.fit(cell, column);
    });
  });
  const scaled = frames.map((frame, row) => standardized(frame, baseline, row));
  const cuts = scaled.map(frame => Math.floor(fitShare * frame.t.length));
  const heads = scaled.map((frame, i) => slice(frame, 0, cuts[i]!));
  const fitted = chosen(context.detectors).map(d => ({
    name: d.name,
    weight: d.weight,
    fitted: d.create(context.options?.[d.name] ?? {}, context).fit(heads),
  }));
  const held = scaled.map((frame, i) => slice(frame, cuts[i]!, frame.t.length));
  return calibrated({ held, scaled, whole: frames }, { context, fitted, baseline, bands, absence });
}

interface Uncalibrated {
  readonly context: FitContext;
  readonly fitted: readonly Omit<Member, 'tail'>[];
  readonly baseline: Baseline;
  readonly bands: SeasonalBands;
  readonly absence: AbsenceWatch;
}

/** One history an entity: the held-out end and the whole of it standardized, and the whole as it is. */
interface Histories {
  readonly held: readonly Frame[];
  readonly scaled: readonly Frame[];
  readonly whole: readonly Frame[];
}

function calibrated({ held, scaled, whole }: Histories, model: Uncalibrated): ClassModel {
  const { context, fitted, baseline, bands, absence } = model;
  const most = Math.max(leastScored, Math.floor(mostScored / Math.max(1, held.length)));
  const scores = held.map(frame => {
    const every = Math.max(1, Math.ceil(frame.t.length / most));
    return fitted.map(member => scoreFrame(frame, member.fitted, every));
  });
  const members = fitted.map((m, d) => ({ ...m, tail: new PooledTail(scores.flatMap(s => [...s[d]!])) }));
  const tail = new RollingTail(held.length, blockLength(context.step));
  const weights = members.map(m => m.weight);
  const combined = held.map((frame, row) => {
    const p = new Float64Array(members.length);
    return frame.t.map((_, i) => {
      members.forEach((m, d) => {
        p[d] = m.tail.pValue(scores[row]![d]![i]!);
      });
      return -Math.log10(combineCauchy(p, weights));
    });
  });
  for (const { t, row, i } of inOrder(held)) {
    tail.advance(t);
    tail.learn(row, combined[row]![i]!, 0);
  }
  const decisions = new Decisions(held.length, context);
  const pasts = whole.map((frame, row) => ({ frame, scaled: scaled[row]!, scores: combined[row]! }));
  liveThroughPasts(decisions, pasts, { step: context.step, baseline });
  return new ClassModel({
    context,
    members,
    pooled: new PooledTail(combined.flatMap(c => [...c])),
    keys: whole.map(frame => fingerprint(frame.entity)),
    baseline,
    seen: Float32Array.from(whole, samplesOf),
    needed: Math.max(neededSamples, Math.ceil(neededLife / context.step)),
    bands,
    absence,
    tail,
    episodes: new Episodes(held.length, episodePolicy(context.fpr)),
    decisions,
  });
}

/** How many rows of a history have a sample. */
function samplesOf(frame: Frame): number {
  return frame.t.filter((_, i) => frame.columns.some(column => Number.isFinite(column[i]!))).length;
}

/** The rows of all frames by time, so that blocks of the rolling scale are filled one after another. */
function inOrder(frames: readonly Frame[]): { t: number; row: number; i: number }[] {
  const all = frames.flatMap((frame, row) => [...frame.t].map((t, i) => ({ t, row, i })));
  return all.sort((a, b) => a.t - b.t || a.row - b.row);
}
