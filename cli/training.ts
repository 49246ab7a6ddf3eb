import { type ClassHistory, readBatches } from '../collectors/class-reader.ts';
import type { SeriesSource } from '../core/series.ts';
import type { ClassWatch } from './class-watch.ts';
import type { PageRehearsal } from './page-rehearsal.ts';

const coarsest = 300_000;
/** Rows an entity's history should have: finer steps are used while the history is short. */
const wantedRows = 4000;

/** When the history begins: the first batch with any value; undefined when there is none. */
function beginning({ batches }: ClassHistory): number | undefined {
  return batches.find(batch => batch.values.some(value => Number.isFinite(value)))?.t;
}

/**
 * Back-fills a class before `until` (ms) and fits it: the whole training window at a coarse step, or, when less history
 * is there, what there is at a finer step; then the last hour at the class's own step settles the calibration and shows
 * how much evidence may page.
 */
export async function train(
  watch: ClassWatch,
  source: SeriesSource,
  range: {
    readonly window: number;
    readonly until: number;
    readonly signal?: AbortSignal;
    readonly pages: PageRehearsal;
  },
): Promise<void> {
  const { class: spec } = watch.watch;
  const read = (start: number, step: number) =>
    readBatches(
      source,
      { ...watch.watch, class: { ...spec, step } },
      { start, end: range.until, ...(range.signal === undefined ? {} : { signal: range.signal }) },
    );
  const coarse = await read(
    range.until - range.window,
    Math.max(spec.step, Math.min(coarsest, range.window / 1000)),
  );
  const first = beginning(coarse);
  if (first === undefined) return;
  const wanted = Math.ceil((range.until - first) / wantedRows / spec.step) * spec.step;
  const step = Math.max(spec.step, Math.min(coarsest, wanted));
  const used = coarse.batches[0]?.class.step === step ? coarse : await read(first, step);
  watch.fit(used);
  if (!watch.fitted) return;
  if (step === spec.step) {
    range.pages.of(watch, used);
    return;
  }
  const recent = await read(Math.max(first, range.until - 3_600_000), spec.step);
  const rehearsal = range.pages.begin(watch);
  for (const batch of recent.batches) rehearsal.pass(batch);
  rehearsal.end();
}
