import type { Batch } from '../core/batch.ts';
import { parseDuration } from '../core/duration.ts';
import type { WatchedClass } from '../core/watched-class.ts';

/** The longest window of a class's queries, ms: for so long after a gap its rates are made of less than they should be. */
function longestWindow({ queries }: WatchedClass): number {
  const windows = queries.flatMap(query =>
    [...query.matchAll(/\[((?:\d+(?:ms|[smhdwy]))+)[\]:]/g)].map(found => found[1]!),
  );
  return Math.max(0, ...windows.map(parseDuration));
}

/** One mark a signal: `1` when any entity has a value of it. */
function presentSignals({ values, class: { signals } }: Batch): string {
  const width = signals.length;
  return signals
    .map((_, k) => (values.some((value, i) => i % width === k && Number.isFinite(value)) ? '1' : '0'))
    .join('');
}

/** Knows where the source of a class has holes, around which its batches are not to be trusted. Fed in order of time. */
export class SourceHoles {
  readonly #reach: number;
  #present: string | undefined;
  readonly #doubtful = new Set<number>();
  #heldUntil = Number.NEGATIVE_INFINITY;
  #trusted: Batch | undefined;
  #asked: { readonly batch: Batch; readonly isHole: boolean } | undefined;

  constructor(watch: WatchedClass) {
    this.#reach = longestWindow(watch);
  }

  /**
   * Told of the batches that are passed next. Several at once are read after an outage: where signals of the whole class
   * come or go among them the source has a hole, and rates up to a window before and after it are not to be trusted.
   */
  expect(batches: readonly Batch[]): void {
    this.#doubtful.clear();
    if (batches.length < 2) return;
    let before = this.#present;
    for (const batch of batches) {
      const present = presentSignals(batch);
      if (before !== undefined && present !== before)
        for (const { t } of batches) if (Math.abs(t - batch.t) < this.#reach) this.#doubtful.add(t);
      before = present;
    }
  }

  /** `batch` has no sample although the source is well, its targets are down: it is no hole. */
  trust(batch: Batch): void {
    this.#trusted = batch;
  }

  /** Whether a batch was said to be no hole. */
  trusts(batch: Batch): boolean {
    return this.#trusted === batch;
  }

  /**
   * True without any data, and until the rate windows of signals that came back are full: not judged, not learned. May be
   * asked again of the same batch.
   */
  holds(batch: Batch): boolean {
    if (this.#asked?.batch !== batch) this.#asked = { batch, isHole: this.#isHole(batch) };
    return this.#asked.isHole && !this.trusts(batch);
  }

  #isHole(batch: Batch): boolean {
    const { t } = batch;
    const before = this.#present;
    const present = presentSignals(batch);
    this.#present = present;
    const came = before !== undefined && [...present].some((mark, k) => mark === '1' && before[k] === '0');
    if (came) this.#heldUntil = t + this.#reach;
    return !present.includes('1') || t < this.#heldUntil || this.#doubtful.has(t);
  }
}
