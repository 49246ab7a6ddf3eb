/** One answer and what came: `p` undefined = it abstained. */
export interface Answer {
  readonly p: number | undefined;
  readonly y: 0 | 1;
}

interface Given {
  readonly p: number;
  readonly y: 0 | 1;
}

/** Probability that a positive stands above a negative, ties half: from mid ranks. */
function aucOf(sorted: readonly Given[]): number {
  let ranks = 0;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    while (to < sorted.length && sorted[to]!.p === sorted[from]!.p) to++;
    const middle = sorted.length - (from + to - 1) / 2;
    for (let k = from; k < to; k++) ranks += sorted[k]!.y * middle;
  }
  const positives = sorted.reduce((sum, { y }) => sum + y, 0);
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (sorted.length - positives));
}

/** Mean precision at each positive, equal odds taken as one step. */
function averagePrecisionOf(sorted: readonly Given[]): number {
  const positives = sorted.reduce((sum, { y }) => sum + y, 0);
  let hits = 0;
  let sum = 0;
  for (let from = 0, to = 0; from < sorted.length; from = to) {
    let found = 0;
    for (; to < sorted.length && sorted[to]!.p === sorted[from]!.p; to++) found += sorted[to]!.y;
    hits += found;
    sum += (found * hits) / to;
  }
  return sum / positives;
}

/** Mean distance of told and seen shares over ten parts of equal size. */
function calibrationError(sorted: readonly Given[]): number {
  let sum = 0;
  for (let part = 0; part < 10; part++) {
    const from = Math.floor((part * sorted.length) / 10);
    const rows = sorted.slice(from, Math.floor(((part + 1) * sorted.length) / 10));
    sum += Math.abs(rows.reduce((all, { p, y }) => all + p - y, 0));
  }
  return sum / sorted.length;
}

const three = (value: number) => Number(value.toFixed(3));

/** AUC, average precision, Brier score with its skill against the base rate, calibration error, base rate and mean of the odds. */
export function figuresOf(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const given = answers.flatMap(({ p, y }) => (p === undefined ? [] : [{ p, y }]));
  const sorted = given.sort((a, b) => b.p - a.p);
  const base = sorted.reduce((sum, { y }) => sum + y, 0) / sorted.length;
  const brier = sorted.reduce((sum, { p, y }) => sum + (p - y) ** 2, 0) / sorted.length;
  return {
    rows: answers.length,
    abstained: three(1 - sorted.length / answers.length),
    base: three(base),
    told: three(sorted.reduce((sum, { p }) => sum + p, 0) / sorted.length),
    AUC: three(aucOf(sorted)),
    AP: three(averagePrecisionOf(sorted)),
    Brier: three(brier),
    skill: three(1 - brier / (base * (1 - base))),
    ECE: three(calibrationError(sorted)),
  };
}
