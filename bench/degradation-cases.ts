import type { Batch, Frame } from '../core/batch.ts';
import { classModelFromBytes, classModelToBytes } from '../detectors/class-bytes.ts';
import { type FitContext, fitClassModel } from '../detectors/fit.ts';
import { drifted, type RedDrift, redSignals } from './red-series.ts';

/** Rows within which a drift is to be found: 15 minutes at one-minute steps. */
export const within = 15;

const minute = 60_000;
const context: FitContext = { signals: redSignals, step: minute, seed: 1, fpr: 0.01 };

/** What was injected into normal life after the fit, and what came of it. */
export interface DegradationRun {
  /** Share of the judged normal rows that were marked. */
  readonly falsePositives: number;
  /** For each drift the share of its cases that were marked within 15 rows of the onset. */
  readonly found: readonly number[];
  /** The same of the same rows without any drift: what is found by chance. */
  readonly control: number;
  /** Cases of each drift. */
  readonly cases: number;
}

function batchAt(frames: readonly Frame[], i: number): Batch {
  const width = redSignals.length;
  const values = new Float64Array(frames.length * width);
  frames.forEach((frame, row) => {
    for (let k = 0; k < width; k++) values[row * width + k] = frame.columns[k]![i]!;
  });
  const entities = frames.map(frame => frame.entity);
  return {
    class: { name: 'bench/service', signals: redSignals, step: minute },
    t: frames[0]!.t[i]!,
    entities,
    values,
    partial: false,
  };
}

function head(frame: Frame, rows: number): Frame {
  return { ...frame, t: frame.t.subarray(0, rows), columns: frame.columns.map(c => c.subarray(0, rows)) };
}

/** How many rows are evidence of something (p <= fpr: what rules and the correlator gather) at any of the 15 rows after `at`, each service in the same drift; the model is a copy. */
function foundAfter(bytes: Uint8Array, frames: readonly Frame[], at: number, drift?: RedDrift): number {
  const model = classModelFromBytes(bytes, context);
  const { entities } = batchAt(frames, at);
  for (let i = at - model.lookback + 1; i <= at; i++) model.warm({ ...batchAt(frames, i), entities });
  const marked = new Uint8Array(frames.length);
  for (let past = 1; past <= within; past++) {
    const batch = { ...batchAt(frames, at + past), entities };
    const width = redSignals.length;
    for (let row = 0; row < frames.length && drift !== undefined; row++)
      drifted(batch.values.subarray(row * width, (row + 1) * width), drift, past);
    model.judge(batch).p.forEach((p, row) => {
      if (p <= context.fpr) marked[row] = 1;
    });
    model.learn();
  }
  return marked.reduce((sum, m) => sum + m, 0);
}

/**
 * Fits the class on the first `fitRows` rows, lives through the rest without a fault, and at every `every` rows tries each
 * drift on a copy of the model as it then is. Services that are marked at the onset already are counted as any other.
 */
export function runDegradation(
  frames: readonly Frame[],
  drifts: readonly RedDrift[],
  how: { readonly fitRows: number; readonly every: number; readonly detectors?: readonly string[] },
): DegradationRun {
  const { fitRows, every, detectors } = how;
  const fitContext = detectors === undefined ? context : { ...context, detectors };
  const model = fitClassModel(
    frames.map(frame => head(frame, fitRows)),
    fitContext,
  );
  const rows = frames[0]!.t.length;
  const found = drifts.map(() => 0);
  const { entities } = batchAt(frames, 0);
  let [control, times, marked, judged] = [0, 0, 0, 0];
  for (let i = fitRows; i < rows; i++) {
    const { p } = model.judge({ ...batchAt(frames, i), entities });
    model.learn();
    judged += p.length;
    marked += p.filter(each => each <= context.fpr).length;
    if ((i - fitRows) % every !== every - 1 || i + within >= rows) continue;
    const bytes = classModelToBytes(model);
    times++;
    control += foundAfter(bytes, frames, i);
    drifts.forEach((drift, d) => {
      found[d] = found[d]! + foundAfter(bytes, frames, i, drift);
    });
  }
  const cases = times * frames.length;
  return {
    falsePositives: marked / judged,
    found: found.map(n => n / cases),
    control: control / cases,
    cases,
  };
}
