/**
 * Log odds to calibrated ones: a line through them, fitted by maximum likelihood on what was not learned from, with targets drawn
 * in from 0 and 1 (Platt 1999; Lin, Lin and Weng 2007). The slope is never negative: odds keep their order.
 */
export interface Calibration {
  readonly slope: number;
  readonly shift: number;
}

/** Log odds of cases that the learner had not seen, what became of them (0 or 1), and their weights. */
export interface Unseen {
  readonly odds: Float64Array;
  readonly y: Float64Array;
  readonly weight: Float64Array;
}

const rounds = 50;
/** Keeps the line from being steep where few cases speak: a prior of slope 1 worth so many of them. */
const ridge = 1;

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** The chance of calibrated log odds. */
export function calibrated({ slope, shift }: Calibration, odds: number): number {
  return sigmoid(slope * odds + shift);
}

/** Newton steps on the weighted log loss in slope and shift. */
export function fitCalibration({ odds, y, weight }: Unseen): Calibration {
  const reached = weight.reduce((sum, w, i) => sum + w * y[i]!, 0);
  const others = weight.reduce((sum, w, i) => sum + w * (1 - y[i]!), 0);
  const target = y.map(value => (value > 0.5 ? (reached + 1) / (reached + 2) : 1 / (others + 2)));
  let [slope, shift] = [1, 0];
  for (let round = 0; round < rounds; round++) {
    let [gs, gc, hss, hsc, hcc] = [ridge * (slope - 1), 0, ridge, 0, 1e-9];
    for (let i = 0; i < odds.length; i++) {
      const p = sigmoid(slope * odds[i]! + shift);
      const d = weight[i]! * (p - target[i]!);
      const h = weight[i]! * p * (1 - p);
      gs += d * odds[i]!;
      gc += d;
      hss += h * odds[i]! * odds[i]!;
      hsc += h * odds[i]!;
      hcc += h;
    }
    const determinant = hss * hcc - hsc * hsc;
    const [ds, dc] = [(hcc * gs - hsc * gc) / determinant, (hss * gc - hsc * gs) / determinant];
    slope = Math.max(0, slope - ds);
    shift -= dc;
    if (Math.abs(ds) + Math.abs(dc) < 1e-9) break;
  }
  return { slope, shift };
}
