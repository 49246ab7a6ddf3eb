import type { Frame } from '../core/batch.ts';
import type { DetectorContext } from '../core/detector.ts';
import { fingerprint } from '../core/labels.ts';
import { Levels, runLevels } from '../core/levels.ts';
import { AbsenceWatch } from './absence.ts';
import { type Baseline, emptyBaseline, fitBaseline, standardizedFrame } from './baseline.ts';
import { blockLength, RollingTail } from './calibrate.ts';
import { ClassModel, type Member } from './class-model.ts';
import { samplesOf } from './class-parts.ts';
import { Decisions } from './decision.ts';
import { liveThroughPasts } from './decision-past.ts';
import { combineCauchy, LastingEvidence, meanEvidence } from './ensemble.ts';
import { type EpisodePolicy, Episodes } from './episode.ts';
import type { RaceHistory } from './faults.ts';
import { frameHistory, scoreFrame } from './frame-window.ts';
import { type DetectorComponent, detectors } from './index.ts';
import { PooledTail } from './pooled-tail.ts';
import { type RaceReport, race, raceVariants } from './race.ts';
import { raceCourse } from './race-course.ts';
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

/** The row of a history from which on it is held out: the detectors are not fitted on it. */
export function heldFrom({ t }: Frame): number {
  return Math.floor(fitShare * t.length);
}

function slice(frame: Frame, from: number, to: number): Frame {
  return { ...frame, t: frame.t.subarray(from, to), columns: frame.columns.map(c => c.subarray(from, to)) };
}

/** Where only such take part as weigh nothing by themselves, they weigh alike. */
function weighted(picked: typeof detectors): typeof detectors {
  const weighs = picked.some(d => d.weight > 0);
  const ranks = picked.some(d => d.rank > 0);
  return picked.map(d => ({ ...d, weight: weighs ? d.weight : 1, rank: ranks ? d.rank : 1 }));
}

function chosen(names: readonly string[] | undefined): typeof detectors {
  const known = detectors.map(d => d.name);
  const wrong = names?.filter(name => !known.includes(name)) ?? [];
  if (wrong.length > 0) throw new RangeError(`unknown detector ${wrong.join(', ')}: use ${known.join(', ')}`);
  return weighted(names === undefined ? detectors : detectors.filter(d => names.includes(d.name)));
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
    fitBaseline(baseline, row, frame, context.signals);
    frame.columns.forEach((column, k) => {
      const cell = row * width + k;
      bands.fit(cell, frame.t, column);
      absence.fit(cell, column);
    });
  });
  const scaled = frames.map((frame, row) => standardizedFrame(frame, baseline, row));
  const cuts = scaled.map(heldFrom);
  const heads = scaled.map((frame, i) => slice(frame, 0, cuts[i]!));
  const { signals, seed } = context;
  const ground: RaceHistory = { frames, cuts, baseline, signals, seed };
  const fitted = chosen(context.detectors).map(d => fitMember(d, heads, context, ground));
  const held = scaled.map((frame, i) => slice(frame, cuts[i]!, frame.t.length));
  return calibrated({ heads, held, scaled }, { context, fitted, baseline, bands, absence, ground });
}

type Fitted = Omit<Member, 'tail'> & { readonly variants: RaceReport['variants'] };

/** Fits one detector; where it has variants for so long a history, that which the race prefers. Stated options stand. */
function fitMember(
  component: DetectorComponent,
  heads: readonly Frame[],
  context: FitContext,
  ground: RaceHistory,
): Fitted {
  const { name, weight, rank } = component;
  const stated = context.options?.[name];
  const usual = component.create(stated ?? {}, context).fit(heads);
  const rows = heads.reduce((sum, head) => sum + head.t.length, 0);
  const able = stated === undefined ? component.variants : undefined;
  const variants = able?.filter(each => each.rows <= rows) ?? [];
  if (variants.length === 0) return { name, weight, rank, fitted: usual, variants: [] };
  const all = [usual, ...variants.map(({ options }) => component.create(options, context).fit(heads))];
  const { at, scores } = raceVariants(raceCourse(ground, all), all);
  const words = ['default', ...variants.map(({ options }) => JSON.stringify(options))];
  const tried = scores.map((score, i) => ({ name, options: words[i]!, score, taken: i === at }));
  return { name, weight, rank, fitted: all[at]!, variants: tried };
}

interface Uncalibrated {
  readonly context: FitContext;
  readonly fitted: readonly Fitted[];
  readonly baseline: Baseline;
  readonly bands: SeasonalBands;
  readonly absence: AbsenceWatch;
  readonly ground: RaceHistory;
}

/** One history an entity, standardized: what the detectors were fitted on, the held-out end, and the whole of it. */
interface Histories {
  readonly heads: readonly Frame[];
  readonly held: readonly Frame[];
  readonly scaled: readonly Frame[];
}

function calibrated({ heads, held, scaled }: Histories, model: Uncalibrated): ClassModel {
  const { context, fitted, baseline, bands, absence, ground } = model;
  const width = context.signals.length;
  const whole = ground.frames;
  const most = Math.max(leastScored, Math.floor(mostScored / Math.max(1, held.length)));
  const thinned = held.map(frame => Math.max(1, Math.ceil(frame.t.length / most)));
  const levels = new Levels(held.length * width);
  const scores = held.map((frame, row) => {
    const running = runLevels(heads[row]!);
    const history = frameHistory(frame, running);
    levels.copy(row, running, 0, width);
    return fitted.map(member => scoreFrame(history, member.fitted, thinned[row]!));
  });
  const entrants = fitted.map((m, d) => ({ ...m, tail: new PooledTail(scores.flatMap(s => [...s[d]!])) }));
  const { members, report } = racedMembers(entrants, ground);
  const tail = new RollingTail(held.length, blockLength(context.step));
  const weights = members.map(m => m.weight);
  const ranks = members.map(m => m.rank);
  const lasting = new LastingEvidence(held.length, context.step);
  const combined = held.map((frame, row) => {
    const p = new Float64Array(members.length);
    const own = new LastingEvidence(1, context.step * thinned[row]!);
    const evidence = frame.t.map((_, i) => {
      members.forEach((m, d) => {
        p[d] = m.tail.pValue(scores[row]![d]![i]!);
      });
      own.step(0, meanEvidence(p, ranks));
      return -Math.log10(combineCauchy(p, weights));
    });
    lasting.peak[row] = own.peak[0]!;
    lasting.mean[row] = own.mean[0]!;
    return evidence;
  });
  for (const { t, row, i } of inOrder(held)) {
    tail.advance(t);
    tail.learn(row, combined[row]![i]!, 0);
  }
  const decisions = new Decisions(held.length, context);
  const pasts = whole.map((frame, row) => ({ frame, scaled: scaled[row]!, evidence: combined[row]! }));
  liveThroughPasts(decisions, pasts, { step: context.step, baseline });
  return new ClassModel({
    context,
    members,
    race: report && { ...report, variants: fitted.flatMap(m => m.variants) },
    pooled: new PooledTail(combined.flatMap(c => [...c])),
    keys: whole.map(frame => fingerprint(frame.entity)),
    baseline,
    levels,
    lasting,
    seen: Float32Array.from(whole, samplesOf),
    needed: Math.max(neededSamples, Math.ceil(neededLife / context.step)),
    bands,
    absence,
    tail,
    episodes: new Episodes(held.length, episodePolicy(context.fpr)),
    decisions,
  });
}

/** The members with the weights that the race gives them, and what it found. */
function racedMembers(
  entrants: readonly (Fitted & Member)[],
  ground: RaceHistory,
): { readonly members: readonly Member[]; readonly report: RaceReport | undefined } {
  const course = raceCourse(
    ground,
    entrants.map(m => m.fitted),
  );
  const { weights, report } = race(course, entrants);
  const members = entrants.map(({ name, rank, fitted, tail }, d) => ({
    name,
    weight: weights[d]!,
    rank,
    fitted,
    tail,
  }));
  return { members, report };
}

/** The rows of all frames by time, so that blocks of the rolling scale are filled one after another. */
function inOrder(frames: readonly Frame[]): { t: number; row: number; i: number }[] {
  const all = frames.flatMap((frame, row) => [...frame.t].map((t, i) => ({ t, row, i })));
  return all.sort((a, b) => a.t - b.t || a.row - b.row);
}
