import { describe, expect, it } from 'vitest';
import { prophetCases } from '../../bench/prophet/series.ts';
import { createRandom } from '../../core/random.ts';
import { type FittedProphet, fitProphet, prophet, prophetFromBytes } from '../../forecasters/prophet.ts';
import { type ProphetHistory, prophetOptions } from '../../forecasters/prophet-options.ts';

const day = 86_400_000;
const start = Date.UTC(2025, 0, 6);
const week = [0, 8, 9, 7, 5, -12, -17];

function days(count: number, from = 0): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => start + (from + i) * day);
}

function history(count: number, value: (day: number) => number): ProphetHistory {
  return { t: days(count), y: Float64Array.from({ length: count }, (_, i) => value(i)) };
}

function fitted(
  past: ProphetHistory,
  options: Parameters<typeof prophetOptions.parse>[0] = {},
): FittedProphet {
  const fit = fitProphet(past, prophetOptions.parse(options));
  if ('unfit' in fit) throw new Error(fit.unfit);
  return fit;
}

function unfit(past: ProphetHistory, options: Parameters<typeof prophetOptions.parse>[0] = {}): string {
  const fit = fitProphet(past, prophetOptions.parse(options));
  return 'unfit' in fit ? fit.unfit : 'fitted';
}

describe('what the model says of a series that is known', () => {
  it('continues a line and its week', () => {
    const line = (d: number) => 100 + 2 * d + week[d % 7]!;
    const { yhat } = fitted(history(84, line)).predict({ t: days(14, 84) }, []);
    for (let i = 0; i < 14; i++) expect(Math.abs(yhat[i]! - line(84 + i))).toBeLessThan(1.5);
  });

  it('takes a series apart: trend and terms add up to what is expected', () => {
    const past = history(84, d => 100 + 2 * d + week[d % 7]!);
    const { yhat, trend, terms } = fitted(past).predict({ t: days(14, 84) }, []);
    const weekly = terms.get('weekly')!;
    expect([...terms.keys()]).toEqual(['weekly']);
    for (let i = 0; i < 14; i++) expect(trend[i]! + weekly[i]!).toBeCloseTo(yhat[i]!, 9);
    expect(Math.max(...weekly)).toBeGreaterThan(7);
  });

  it('learns the effect of a holiday, of the days around it, and expects it again', () => {
    const sales = [20, 50, 80];
    const effect = (d: number) => (sales.includes(d) ? 40 : sales.includes(d - 1) ? 15 : 0);
    const dates = [...sales, 125].map(d => new Date(start + d * day).toISOString().slice(0, 10));
    const fit = fitted(
      history(120, d => 100 + effect(d) + 0.1 * (d % 2)),
      {
        holidays: [{ name: 'sale', dates, after: 1 }],
      },
    );
    const sale = fit.predict({ t: days(10, 120) }, []).terms.get('sale')!;
    expect(sale[5]!).toBeGreaterThan(38);
    expect(sale[6]!).toBeGreaterThan(13);
    expect(sale[4]!).toBe(0);
  });

  it('asks of a season with a calendar only then', () => {
    const past = history(90, d => 100 + (d % 7 === 0 ? 20 : 0));
    const monday = { name: 'monday', period: 1, order: 1, when: { weekdays: [1] } };
    const { terms } = fitted(past, { weekly: 0, seasons: [monday] }).predict({ t: days(7, 91) }, []);
    expect(terms.get('monday')![0]!).toBeGreaterThan(15);
    expect([...terms.get('monday')!.subarray(1)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('never leaves the cap and the floor of logistic growth by its expected values', () => {
    const past = history(120, d => 200 + 700 / (1 + Math.exp(-0.06 * (d - 60))));
    const fit = fitted(past, { growth: 'logistic', cap: 900, floor: 200, weekly: 0 });
    const { yhat } = fit.predict({ t: days(400, 120) }, []);
    for (const y of yhat) expect(y).toBeGreaterThan(200);
    for (const y of yhat) expect(y).toBeLessThanOrEqual(900);
    expect(yhat[300]!).toBeGreaterThan(880);
  });

  it('has wider intervals for higher levels and for times further away', () => {
    const random = createRandom(3);
    const fit = fitted(history(100, d => 100 + Math.abs(50 - d) + 4 * random()));
    const [narrow, wide] = fit.predict({ t: days(60, 100) }, [0.8, 0.95]).intervals;
    const width = (i: number) => narrow!.upper[i]! - narrow!.lower[i]!;
    expect(width(59)).toBeGreaterThan(2 * width(0));
    for (let i = 0; i < 60; i++) expect(wide!.upper[i]!).toBeGreaterThan(narrow!.upper[i]!);
  });

  it('holds as many of the values to come as its interval says, where the noise is all', () => {
    const random = createRandom(5);
    const noise = () => Array.from({ length: 12 }, random).reduce((sum, u) => sum + u, -6);
    const past = history(2000, () => 100 + 5 * noise());
    const { intervals } = fitted(past, { growth: 'flat', yearly: 0 }).predict({ t: days(1000, 2000) }, [0.8]);
    const { lower, upper } = intervals[0]!;
    const inside = Array.from({ length: 1000 }, (_, i) => {
      const y = 100 + 5 * noise();
      return y >= lower[i]! && y <= upper[i]!;
    }).filter(Boolean).length;
    expect(inside).toBeGreaterThan(760);
    expect(inside).toBeLessThan(840);
  });
});

describe('a fitted model', () => {
  const cases = prophetCases().filter((_, i) => i % 5 === 0);

  for (const { name, options, history: past, ahead } of cases) {
    it(`is the same after a way through bytes, and each time it is fitted: ${name}`, () => {
      const fit = fitted(past, options);
      const said = fit.predict(ahead, [0.8]);
      expect(prophetFromBytes(fit.toBytes()).predict(ahead, [0.8])).toEqual(said);
      expect(fitted(past, options).predict(ahead, [0.8])).toEqual(said);
    });
  }

  it('says that bytes are cut or of another kind', () => {
    const bytes = fitted(history(30, d => d)).toBytes();
    expect(() => prophetFromBytes(bytes.subarray(0, 40))).toThrow(/no model of prophet/);
    expect(() => prophetFromBytes(new TextEncoder().encode('{}'))).toThrow(/no model of prophet/);
  });

  it('says which column it lacks', () => {
    const x = Float64Array.from({ length: 30 }, (_, i) => i % 5);
    const fit = fitted({ ...history(30, d => d + (d % 5)), regressors: { traffic: x } });
    expect(() => fit.predict({ t: days(5, 30) }, [])).toThrow('regressor traffic: needs 5 values, got none');
  });
});

describe('bad input is an answer', () => {
  it('says why too little cannot be fitted', () => {
    expect(unfit(history(0, () => 1))).toMatch(/needs 2 values/);
    expect(unfit(history(1, () => 1))).toMatch(/needs 2 values/);
    expect(unfit(history(30, () => Number.NaN))).toMatch(/needs 2 values/);
    expect(unfit({ t: Float64Array.of(start, start), y: Float64Array.of(1, 2) })).toMatch(
      /two times that differ/,
    );
  });

  it('says that logistic growth needs a cap above the floor', () => {
    const past = history(30, d => d);
    expect(unfit(past, { growth: 'logistic' })).toMatch(/needs a cap/);
    expect(unfit(past, { growth: 'logistic', cap: 5, floor: 10 })).toMatch(/above its floor 10, got 5/);
  });

  for (const [name, value] of [
    ['all equal', () => 7],
    ['all zero', () => 0],
    ['two values', (d: number) => (d < 2 ? d : Number.NaN)],
    ['half of it missing', (d: number) => (d % 2 === 0 ? d : Number.NaN)],
    ['infinite in between', (d: number) => (d === 5 ? Number.POSITIVE_INFINITY : d)],
    ['huge', (d: number) => d * 1e300],
    ['tiny', (d: number) => d * 1e-300],
    ['one of many', (d: number) => (d === 20 ? 1e9 : 1)],
  ] as const) {
    it(`${name}: all that it says is finite and in order`, () => {
      const { yhat, intervals } = fitted(history(40, value)).predict({ t: days(100, 40) }, [0.8]);
      for (let i = 0; i < 100; i++) {
        expect(Number.isFinite(yhat[i]!)).toBe(true);
        expect(intervals[0]!.lower[i]!).toBeLessThanOrEqual(yhat[i]!);
        expect(intervals[0]!.upper[i]!).toBeGreaterThanOrEqual(yhat[i]!);
      }
    });
  }

  it('reads times in any order, and twice the same one', () => {
    const { t, y } = history(60, d => d + week[d % 7]!);
    const turned = { t: Float64Array.from(t).reverse(), y: Float64Array.from(y).reverse() };
    const at = { t: days(5, 60) };
    expect(fitted(turned).predict(at, []).yhat).toEqual(fitted({ t, y }).predict(at, []).yhat);
    expect(unfit({ t: Float64Array.of(...t, t[9]!), y: Float64Array.of(...y, 5) })).toBe('fitted');
  });
});

describe('as one of the forecasters', () => {
  const model = prophet.create(prophetOptions.parse({}));
  const past = { t: days(60), v: Float64Array.from({ length: 60 }, (_, i) => i + week[i % 7]!), step: day };

  it('goes on where the history ends, gaps at its end included', () => {
    const v = past.v.map((x, i) => (i > 55 ? Number.NaN : x));
    const fit = model.fit({ ...past, v }, []);
    if ('unfit' in fit) throw new Error(fit.unfit);
    expect([...fit.forecast(2, []).t]).toEqual([...days(2, 60)]);
  });

  it('uses what is known of a regressor, and says when that ends', () => {
    const x = Float64Array.from({ length: 60 }, (_, i) => (i * 7919) % 11);
    const v = past.v.map((y, i) => y + 3 * x[i]!);
    const fit = model.fit({ ...past, v }, [{ name: 'traffic', past: x, future: Float64Array.of(0, 10, 0) }]);
    if ('unfit' in fit) throw new Error(fit.unfit);
    const { yhat } = fit.forecast(3, []);
    expect(yhat[1]! - (yhat[0]! + yhat[2]!) / 2).toBeGreaterThan(20);
    expect(() => fit.forecast(4, [])).toThrow('regressor traffic is known 3 steps ahead, 4 are asked for');
  });

  it('does not guess the future of a regressor', () => {
    const x = new Float64Array(60).map((_, i) => i % 3);
    const fit = model.fit(past, [{ name: 'traffic', past: x, future: Float64Array.of(1, Number.NaN) }]);
    expect(fit).toEqual({ unfit: expect.stringContaining('every future value of the regressor traffic') });
  });

  it('says that an empty history is empty', () => {
    const none = { t: new Float64Array(0), v: new Float64Array(0), step: day };
    expect(model.fit(none, [])).toEqual({ unfit: expect.stringContaining('empty') });
  });
});
