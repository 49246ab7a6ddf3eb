import type { Batch } from '../core/batch.ts';
import type { Anomaly, Band } from '../core/detector.ts';
import type { ClassParts } from './class-parts.ts';
import type { ClassRows } from './class-rows.ts';
import { type Finding, stillScore } from './findings.ts';
import type { Standing } from './signal-state.ts';
import { describeWorst } from './words.ts';

/** A class as it stands after a batch was judged. */
export interface JudgedClass {
  readonly parts: ClassParts;
  readonly rows: ClassRows;
  readonly batch: Batch;
}

/** Findings whose newest value is not what is wrong: no expected band belongs to them. */
const bandless: ReadonlySet<Finding['kind']> = new Set(['gone', 'vanished', 'flat']);
/** So long, ms, it is said of a row that its level is a new one. */
const newFor = 24 * 3_600_000;

/** The expected range of a signal of a row at `t` (ms); undefined while nothing is known. */
export function bandOfCell(
  { context, bands }: ClassParts,
  { row, signal, t }: { readonly row: number; readonly signal: number; readonly t: number },
): Band | undefined {
  const { signals } = context;
  return bands.band(row * signals.length + signal, t, signals[signal]!.name);
}

/** Each signal's share of the row's last evidence: the detectors' shares by the evidence of each. */
export function sharesOfRow({ members, context }: ClassParts, rows: ClassRows, row: number): Float64Array {
  const total = new Float64Array(context.signals.length);
  const own = new Float64Array(total.length);
  let sum = 0;
  members.forEach((member, i) => {
    if (member.weight === 0) return;
    const p = member.tail.pValue(rows.parts[i]![row]!);
    if (Number.isNaN(p)) return;
    const weight = -member.weight * Math.log10(Math.min(0.999, p));
    member.fitted.shares(rows.window, row, own);
    for (let k = 0; k < own.length; k++) total[k] = total[k]! + weight * own[k]!;
    sum += weight;
  });
  const shares = sum > 0 ? total.map(v => v / sum) : total;
  const finding = rows.findings.get(row);
  if (finding === undefined) return shares;
  const rest = sum > 0 ? 0.5 : 0;
  return shares.map((share, k) => rest * share + (k === finding.signal ? 1 - rest : 0));
}

/** Whether a row is watched; `batch`: the last one, undefined before the first. */
export function stateOfRow(
  { parts, rows, batch }: Omit<JudgedClass, 'batch'> & { readonly batch: Batch | undefined },
  row: number,
): Standing {
  const { seen, needed, baseline, context } = parts;
  const width = context.signals.length;
  const left = rows.gone.get(row);
  if (left !== undefined) return { state: 'gone', reason: left };
  const isUntold = Number.isNaN(rows.judgement.evidence[row]!);
  if (isUntold && (batch === undefined || Number.isNaN(stillScore(batch, row))))
    return { state: 'no_data', reason: 'no signal has a sample' };
  if (seen[row]! < needed)
    return { state: 'learning', reason: `has seen ${seen[row]} of ${needed} samples it needs` };
  const fit = baseline.scale.subarray(row * width, (row + 1) * width).some(s => Number.isFinite(s));
  if (!fit) return { state: 'unfit', reason: 'no signal has a history' };
  if (isUntold) return { state: 'no_data', reason: 'no signal that has a history has a sample' };
  return rows.still[row] === 1 && rows.moved[row] === 0
    ? { state: 'unfit', reason: 'constant: no signal has ever moved' }
    : { state: 'watching', reason: '' };
}

/** One row of the batch that was judged last, abnormal or not: what rules, the correlator and the page read. */
export function explainRow(judged: JudgedClass, row: number): Anomaly {
  const { parts, rows, batch } = judged;
  const { signals } = parts.context;
  const ranked = [...sharesOfRow(parts, rows, row)]
    .map((share, k) => ({ share, k }))
    .sort((a, b) => b.share - a.share || a.k - b.k);
  const finding = rows.findings.get(row);
  const top = finding?.signal ?? ranked[0]?.k ?? 0;
  const spec = signals[top]!;
  const isBandless = finding !== undefined && bandless.has(finding.kind);
  const band = isBandless ? undefined : bandOfCell(parts, { row, signal: top, t: batch.t });
  const value = batch.values[row * signals.length + top]!;
  const { state, reason } = stateOfRow(judged, row);
  const unusual = () => finding?.reason ?? `${describeWorst(spec, value, band)}${sayNewLevel(judged, row)}`;
  return {
    class: batch.class.name,
    entity: batch.entities[row]!,
    t: batch.t,
    score: rows.judgement.score[row]!,
    p: rows.judgement.p[row]!,
    shares: ranked.map(({ share, k }) => ({ signal: signals[k]!.name, share })),
    band,
    worst: { signal: spec.name, value, unit: spec.unit, kind: spec.kind },
    state,
    reason: state === 'watching' ? unusual() : reason,
  };
}

/** That the row's level is a new one, within a day after a lasting change was taken as normal. */
function sayNewLevel({ parts, batch }: JudgedClass, row: number): string {
  const at = parts.decisions.acceptedAt(row);
  return batch.t - at < newFor
    ? `; its level changed and is the new normal since ${new Date(at).toISOString()}`
    : '';
}
