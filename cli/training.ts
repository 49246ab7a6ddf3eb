import type { ClassHistory } from '../collectors/class-reader.ts';
import type { Batch } from '../core/batch.ts';
import type { SeriesSource } from '../core/series.ts';
import { type ClassPast, openPast, type PastLimits, pastOf } from './class-past.ts';
import type { ClassWatch } from './class-watch.ts';
import type { PageRehearsal } from './page-rehearsal.ts';

/** What a class is trained on: `window` ms of history before `until`. */
export interface TrainingRange {
  readonly window: number;
  readonly until: number;
  readonly signal?: AbortSignal;
  readonly pages: PageRehearsal;
  /** `fit`: only the long history, for a model that goes on with the scales of the one in use. Default: `whole`. */
  readonly depth?: 'fit' | 'whole';
  /** Most values held in memory at once; the history of a large class is thinned to it. */
  readonly cells?: number;
  /** Most samples of one answer. */
  readonly samples?: number;
  /** Told of the history that the class was just fitted on. */
  readonly fitted?: (history: ClassHistory) => void;
  /** Told the share that is done, 0 to 1. */
  readonly progress?: (share: number) => void;
}

const coarsest = 300_000;
/** Rows an entity's history should have: finer steps are used while the history is short. */
const wantedRows = 4000;
/** Rows that the detectors of a class are fitted on at most, and how many of an entity: a week at five minutes. */
const fitRows = 200_000;
const rowsOfOne = 2016;
/** Values that are held at once: 160 MB. */
const mostCells = 20_000_000;
/** Samples of each entity that settle its calibration, however large the class is. */
const leastLived = 1000;
const recently = 3 * 86_400_000;
const hour = 3_600_000;

/** History for the fit: of a large class `sample` has some entities lately, and `all` every entity at fewer times. */
interface LongHistory {
  readonly sample: ClassHistory;
  readonly all: ClassHistory;
}

/** Where the history begins and at which step it is read, ms. */
interface LongRange {
  readonly first: number;
  readonly step: number;
}

function hasValue({ values }: Batch): boolean {
  return values.some(value => Number.isFinite(value));
}

function pickRows(batch: Batch, rows: readonly number[], entities: Batch['entities']): Batch {
  const width = batch.class.signals.length;
  const values = new Float64Array(rows.length * width);
  rows.forEach((row, i) => {
    values.set(batch.values.subarray(row * width, (row + 1) * width), i * width);
  });
  return { ...batch, entities, values };
}

/** Where the history begins, and a step such that it has as many rows as are wanted, at most five minutes long. */
async function longRange(
  past: ClassPast,
  own: number,
  { until, window }: TrainingRange,
): Promise<LongRange | undefined> {
  const coarse = Math.max(own, Math.min(coarsest, window / 1000));
  const found = await past.beginning({ start: until - window, end: until, step: coarse });
  if (found === undefined) return undefined;
  const first = Math.max(until - window, found - coarse);
  const wanted = Math.ceil((until - first) / wantedRows / own) * own;
  return { first, step: Math.max(own, Math.min(coarsest, wanted)) };
}

async function readLong(
  past: ClassPast,
  { first, step }: LongRange,
  { until, width, cells, progress }: TrainingRange & { readonly width: number; readonly cells: number },
): Promise<LongHistory> {
  const { entities } = past;
  const points = Math.floor((until - first) / step) + 1;
  const thin = Math.max(1, Math.ceil((entities.length * width * points) / cells));
  const isLarge = thin > 1 || entities.length * points > fitRows;
  const count = Math.min(entities.length, Math.max(1, Math.floor(fitRows / rowsOfOne)));
  const lately = until - Math.floor(fitRows / Math.max(1, count)) * step;
  const rows = Array.from({ length: count }, (_, i) => Math.floor((i * entities.length) / count));
  const some = rows.map(each => entities[each]!);
  const sample: Batch[] = [];
  const all: Batch[] = [];
  let n = 0;
  for await (const piece of past.pieces({ start: first, end: until, step })) {
    for (const batch of piece) {
      if (all.length === 0 && !hasValue(batch)) continue;
      if (isLarge && batch.t > lately) sample.push(pickRows(batch, rows, some));
      if (n++ % thin === 0) all.push(batch);
    }
    progress?.((0.5 * ((piece.at(-1)?.t ?? until) - first)) / Math.max(1, until - first));
  }
  const whole = { batches: all, entities, failures: [] };
  return { all: whole, sample: isLarge ? { batches: sample, entities: some, failures: [] } : whole };
}

/**
 * The last three days at the class's own step, lived through: they settle the calibration and show how much evidence may
 * page. A large class lives through the first minutes of each hour only, so many that each entity has 1,000 samples or more.
 */
async function liveThrough(
  watch: ClassWatch,
  past: ClassPast,
  { range, first }: { readonly range: TrainingRange; readonly first: number },
): Promise<void> {
  const { until, cells = mostCells, pages, progress } = range;
  const { step } = watch.watch.class;
  const from = Math.max(first, until - recently);
  const points = Math.floor((until - from) / step) + 1;
  const affordable = cells / 10 / Math.max(1, past.entities.length);
  const share = Math.min(1, Math.max(affordable, leastLived) / points);
  const stretch = share === 1 ? until - from : Math.max(0, Math.ceil((share * hour) / step) - 1) * step;
  const rehearsal = pages.begin(watch);
  for (let start = from; start <= until; start += share === 1 ? stretch + step : hour) {
    const end = Math.min(until, start + stretch);
    for await (const piece of past.pieces({ start, end, step })) {
      watch.holes.expect(piece);
      for (const batch of piece) {
        rehearsal.pass(batch);
        watch.acceptRuns();
      }
      progress?.(0.6 + (0.4 * ((piece.at(-1)?.t ?? end) - from)) / Math.max(1, until - from));
    }
  }
  rehearsal.end();
}

/** Rows that a revived class is judged at while it lives through its last three days. */
const revivedRows = 1_000_000;
const unrehearsed: PageRehearsal = {
  begin: watch => ({ pass: batch => void watch.pass(batch), end: () => undefined }),
  of: () => undefined,
};

/**
 * Lets a class with a model of its own live through the three days before `until` (ms), thinned, as after a fit: its scales of
 * scores are those of that time.
 */
export async function relearn(
  watch: ClassWatch,
  source: SeriesSource,
  { until, samples = 10_000_000 }: Pick<TrainingRange, 'until' | 'samples'>,
): Promise<void> {
  const cells = revivedRows;
  const past = pastOf(watch.watch, source, watch.entities, { until, cells, samples });
  const range = { until, window: recently, pages: unrehearsed, cells };
  const start = until - recently;
  const first = await past.beginning({ start, end: until, step: Math.max(watch.watch.class.step, coarsest) });
  await liveThrough(watch, past, { range, first: Math.max(start, (first ?? start) - coarsest) });
}

/**
 * Back-fills a class before `until` (ms) and fits it: the whole training window at a coarse step, or, when less history
 * is there, what there is at a finer step; then the last three days at the class's own step. Reads in pieces, holds at most
 * `cells` values: of a large class 200,000 rows fit the detectors, and all entities are taken up with a history of their own.
 */
export async function train(watch: ClassWatch, source: SeriesSource, range: TrainingRange): Promise<void> {
  const { step, signals } = watch.watch.class;
  const { until, signal, cells = mostCells, samples = 10_000_000 } = range;
  const limits: PastLimits = {
    until,
    cells: Math.ceil(cells / 5),
    samples,
    ...(signal === undefined ? {} : { signal }),
  };
  const past = await openPast(watch.watch, source, limits);
  if (past.entities.length === 0) return;
  const at = await longRange(past, step, range);
  if (at === undefined) return;
  const long = await readLong(past, at, { ...range, width: signals.length, cells });
  watch.fit(long.sample);
  range.fitted?.(long.sample);
  const isSmall = long.sample === long.all;
  if (!isSmall) watch.enroll(long.all);
  range.progress?.(0.6);
  if (!watch.fitted || range.depth === 'fit') return;
  if (at.step === step && isSmall) range.pages.of(watch, long.all);
  else await liveThrough(watch, past, { range, first: at.first });
  range.progress?.(1);
}
