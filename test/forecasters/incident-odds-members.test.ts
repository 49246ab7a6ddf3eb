import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { excitationOdds, fitExcitation } from '../../forecasters/incident-odds-excitation.ts';
import { fitIsotonic, isotonicAt } from '../../forecasters/incident-odds-isotonic.ts';
import { fitLogistic, logisticOdds } from '../../forecasters/incident-odds-logistic.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const ones = (n: number) => new Float64Array(n).fill(1);

describe('the members of the odds', () => {
  it('the straight line finds the log odds that rows were made with', () => {
    const random = createRandom(3);
    const a = Float64Array.from({ length: 5000 }, () => 2 * random() - 1);
    const b = Float64Array.from({ length: 5000 }, () => 100 + 20 * random());
    const y = a.map((value, i) => (random() < sigmoid(-1 + 2 * value - 0.1 * (b[i]! - 110)) ? 1 : 0));
    const model = fitLogistic({ columns: [a, b], y, weight: ones(5000) }, 1);
    for (const row of [
      [0, 110],
      [0.8, 105],
      [-0.5, 118],
    ])
      expect(logisticOdds(model, row)).toBeCloseTo(-1 + 2 * row[0]! - 0.1 * (row[1]! - 110), 0);
    expect(logisticOdds(model, [Number.NaN, 110])).toBeCloseTo(logisticOdds(model, [0, 110]), 1);
  });

  it('a column that never changes takes nothing from the others', () => {
    const flat = new Float64Array(40).fill(7);
    const y = flat.map((_, i) => (i % 4 === 0 ? 1 : 0));
    expect(logisticOdds(fitLogistic({ columns: [flat], y, weight: ones(40) }, 30), [7])).toBeCloseTo(
      Math.log(1 / 3),
      3,
    );
  });

  it('the self-exciting rate finds how much comes of the usual and how much of the echo', () => {
    const random = createRandom(5);
    const usual = Float64Array.from({ length: 20_000 }, () => 0.1 + 0.4 * random());
    const echo = Float64Array.from({ length: 20_000 }, () => (random() < 0.2 ? 2 * random() : 0));
    const y = usual.map((value, i) => (random() < -Math.expm1(-(0.8 * value + 0.5 * echo[i]!)) ? 1 : 0));
    const model = fitExcitation([usual, echo], { y, weight: ones(20_000) });
    expect(model.rates[0]).toBeCloseTo(0.8, 1);
    expect(model.rates[1]).toBeCloseTo(0.5, 1);
    expect(sigmoid(excitationOdds(model, [0.3, 1]))).toBeCloseTo(-Math.expm1(-0.74), 1);
  });

  it('the calibration rises, keeps the mean and follows what came', () => {
    const random = createRandom(9);
    const told = Float64Array.from({ length: 4000 }, random);
    const y = told.map(p => (random() < p * p ? 1 : 0));
    const line = fitIsotonic(told, y, ones(4000));
    for (const p of [0.2, 0.5, 0.8]) expect(isotonicAt(line, p)).toBeCloseTo(p * p, 1);
    for (let k = 1; k < line.y.length; k++) expect(line.y[k]).toBeGreaterThan(line.y[k - 1]!);
    expect(isotonicAt(line, -1)).toBe(line.y[0]);
    expect(isotonicAt(line, 2)).toBe(line.y.at(-1));
  });
});
