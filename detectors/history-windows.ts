import type { Frame } from '../core/batch.ts';

/** Windows of history, each `steps` rows of `width` signals, one after another; NaN is missing. */
export interface HistoryWindows {
  readonly count: number;
  readonly steps: number;
  readonly width: number;
  readonly values: Float32Array;
}

/** Which windows are drawn: at most `limit`, within the share `from` to `to` of each frame. */
export interface WindowDraw {
  readonly steps: number;
  readonly width: number;
  readonly limit: number;
  readonly from: number;
  readonly to: number;
  readonly random: () => number;
}

interface Candidates {
  readonly frame: Frame;
  readonly first: number;
  readonly count: number;
}

/** Whether any signal has a sample in the row. */
function isSampled(frame: Frame, row: number): boolean {
  return frame.columns.some(column => Number.isFinite(column[row]!));
}

function copy(frame: Frame, first: number, to: Float32Array): void {
  const width = frame.columns.length;
  frame.columns.forEach((column, k) => {
    for (let i = k, row = first; i < to.length; i += width, row++) to[i] = column[row]!;
  });
}

/**
 * Draws windows of all frames without replacement, each start as likely as any other (Knuth, algorithm 3.4.2 S). A window
 * whose newest row has no sample says nothing and is left out.
 */
export function drawWindows(frames: readonly Frame[], draw: WindowDraw): HistoryWindows {
  const { steps, width, random } = draw;
  const candidates = frames.map((frame): Candidates => {
    const first = Math.ceil(draw.from * frame.t.length);
    const end = Math.floor(draw.to * frame.t.length);
    return { frame, first, count: Math.max(0, end - first - steps + 1) };
  });
  let left = candidates.reduce((sum, { count }) => sum + count, 0);
  let wanted = Math.min(draw.limit, left);
  const size = steps * width;
  const values = new Float32Array(wanted * size);
  let taken = 0;
  for (const { frame, first, count } of candidates)
    for (let i = 0; i < count; i++) {
      if (random() * left-- >= wanted) continue;
      wanted--;
      if (!isSampled(frame, first + i + steps - 1)) continue;
      copy(frame, first + i, values.subarray(taken * size, (taken + 1) * size));
      taken++;
    }
  return { count: taken, steps, width, values: values.subarray(0, taken * size) };
}
