import type { Batch } from '../core/batch.ts';
import type { ClassParts } from './class-parts.ts';
import type { ClassRows } from './class-rows.ts';
import { isStill, stillScore } from './findings.ts';
import type { Look } from './look.ts';
import { markConstant, settle } from './settle.ts';

/** Share of the needed samples that settle the scale of a row without a history; the rest calibrates it. */
const settleShare = 0.6;

/** A class as it stands after it has judged a batch. */
interface Judged {
  readonly parts: ClassParts;
  readonly rows: ClassRows;
  readonly look: Look;
}

/** Moves the scales, decisions and bands of all rows by a batch that was judged; rows in a young episode are learned later. */
export function learnBatch(batch: Batch, judged: Judged): void {
  const { parts, rows, look } = judged;
  const { tail, episodes, decisions, bands, seen, needed } = parts;
  const { withheld } = rows;
  const { evidence, p } = rows.judgement;
  const width = parts.context.signals.length;
  tail.advance(batch.t);
  for (let row = 0; row < evidence.length; row++) {
    const held = episodes.isHeld(row, batch.t, p[row]!);
    const settling = seen[row]! < settleShare * needed;
    const sampled = !Number.isNaN(stillScore(batch, row));
    if (settling && sampled) settle(batch, row, parts);
    if (sampled) seen[row] = seen[row]! + 1;
    if (settling && seen[row]! >= settleShare * needed) endSettling(row, judged);
    if (Number.isNaN(evidence[row]!)) continue;
    if (!settling) decisions.learn(row, look);
    if (held === 1) withheld.add(row, evidence[row]!);
    else if (!settling) {
      for (const late of withheld.take(row)) tail.learn(row, late, 0);
      tail.learn(row, evidence[row]!, 0);
    }
    if (held === 1) continue;
    for (let k = row * width; k < (row + 1) * width; k++) bands.learn(k, batch.t, batch.values[k]!);
  }
}

function endSettling(row: number, { parts, rows }: Judged): void {
  const { baseline, absence, context } = parts;
  markConstant(row, { baseline, absence, signals: context.signals });
  rows.still[row] = isStill(baseline, row, context.signals.length);
}
