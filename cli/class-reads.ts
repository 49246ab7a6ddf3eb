import { type ClassHistory, type ReadRange, readBatches } from '../collectors/class-reader.ts';
import type { Batch } from '../core/batch.ts';
import type { ClassWatch } from './class-watch.ts';
import { Errand } from './errand.ts';
import { longestGap, stepsAtOnce } from './gap.ts';
import type { NamedSource } from './sources.ts';
import type { Tracing } from './tracing.ts';

/** What a pass takes of a class: its batches in order of time, or why there are none. */
export type ClassAnswer =
  | {
      readonly ok: true;
      readonly batches: readonly Batch[];
      /** What is not right with them, in words, each once; empty when all is well. */
      readonly complaints: readonly string[];
      /** In ms. */
      readonly took: number;
    }
  | { readonly ok: false; readonly error: unknown; readonly took: number };

export interface ClassReadsOptions {
  readonly source: NamedSource;
  readonly tracing: Tracing;
  readonly signal: AbortSignal;
  /** How long a pass waits for a read, ms: a class that takes longer is slow, and no pass waits for it. */
  readonly patience: number;
  /** Told that so much was missed that the class is to be fitted anew. */
  readonly missedTooMuch: () => void;
  /** In ms. */
  readonly clock: () => number;
}

/** The reads of one class from its last pass on: fed with times by the passes, which take what has come. */
export class ClassReads {
  readonly watch: ClassWatch;
  readonly #options: ClassReadsOptions;
  readonly #errand: Errand<ClassHistory>;
  #asked = Number.NaN;
  #readTo = Number.NaN;
  #slow = false;

  constructor(watch: ClassWatch, options: ClassReadsOptions) {
    this.watch = watch;
    this.#options = options;
    this.#errand = new Errand(options.clock);
  }

  /** The last step that was read, ms; NaN before the first. */
  get readTo(): number {
    return this.#readTo;
  }

  /** True when its last read took longer than a pass waits. */
  get slow(): boolean {
    return this.#slow;
  }

  /**
   * Asks for the steps up to `end` (ms) that were not read, and where the detectors are cold for those that they look back,
   * unless a read is under way; resolves when they have come. `t` is the newest step; of a long gap only a piece is read.
   */
  async begin({ end, t }: { readonly end: number; readonly t: number }): Promise<void> {
    const { signal, missedTooMuch } = this.#options;
    const { watch } = this.watch;
    const { step } = watch.class;
    if (this.#errand.open) return;
    if (this.watch.t < t - longestGap) missedTooMuch();
    const known = [this.watch.wantedFrom, this.#readTo + step].filter(at => !Number.isNaN(at));
    const start = Math.max(known.length === 0 ? t : Math.max(...known), t - longestGap);
    if (start > end) return;
    this.#asked = Math.min(end, start + (stepsAtOnce(this.watch.series) - 1) * step);
    const range = { start, end: this.#asked, entities: this.watch.entities, signal };
    await this.#errand.begin(() => this.#fetch(range));
  }

  #fetch(range: ReadRange): Promise<ClassHistory> {
    const { source, tracing } = this.#options;
    const { watch, series, entities } = this.watch;
    const about = { class: watch.class.name, source: source.name, series, entities: entities.length };
    return tracing.span('fetch', about, async note => {
      note({ outcome: 'failed' });
      const history = await readBatches(source.source, watch, range);
      note({ outcome: history.batches.some(batch => batch.partial) ? 'partial' : 'complete' });
      return history;
    });
  }

  /** What has come since the last call; undefined = nothing has. */
  take(): ClassAnswer | undefined {
    const outcome = this.#errand.take();
    if (outcome === undefined) {
      this.#slow = this.#errand.open;
      return undefined;
    }
    this.#slow = outcome.took > this.#options.patience;
    if (!outcome.ok) return outcome;
    this.#readTo = this.#asked;
    const { value, took } = outcome;
    const { batches, failures, warnings = [] } = value;
    const complaints = [...failures.map(({ signal, message }) => `${signal}: ${message}`), ...warnings];
    return { ok: true, batches: batches.filter(({ t }) => !(t < this.watch.wantedFrom)), complaints, took };
  }
}
