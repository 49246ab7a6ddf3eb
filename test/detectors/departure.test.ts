import { expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { createWindow } from '../../core/window.ts';
import { Departures } from '../../detectors/departure.ts';

const random = createRandom(13);
const noise = () => random() + random() - 1;
const memory = { level: 60, scale: 5000 };
const both = { bad: 'both' } as const;

function watch(signals: readonly { readonly bad: 'both' | 'high' | 'low' }[]) {
  const departures = new Departures(1, signals, memory);
  const window = createWindow(1, signals.length, 2);
  let i = 0;
  const see = (value: number) => {
    const values = Float64Array.from(signals, () => value + noise());
    window.push({ class: { name: '', signals: [], step: 1 }, t: i++, entities: [], values, partial: false });
    return departures.score(window, 0, 'normal life');
  };
  const live = (value: number, within: 'normal life' | 'an episode' = 'normal life') => {
    const score = see(value);
    departures.learn(window, 0, within);
    return score;
  };
  return { departures, window, see, live };
}

it('stays small while normal life drifts, however far, and rises at a jump', () => {
  const { live, see } = watch([both, both, both]);
  const drift = Array.from({ length: 3000 }, (_, i) => live(i / 200));
  expect(Math.max(...drift.slice(500))).toBeLessThan(6);
  expect(see(15 + 20)).toBeGreaterThan(10);
});

it('is small within an episode once the row is back, or has settled elsewhere', () => {
  const { departures, window, live } = watch([both, both]);
  for (let i = 0; i < 2000; i++) live(0);
  departures.freeze(0);
  for (let i = 0; i < 20; i++) live(20, 'an episode');
  expect(departures.score(window, 0, 'an episode')).toBeGreaterThan(8);
  live(0, 'an episode');
  live(0, 'an episode');
  expect(departures.score(window, 0, 'an episode')).toBeLessThan(5);
  for (let i = 0; i < 1000; i++) live(20, 'an episode');
  expect(departures.score(window, 0, 'an episode')).toBeLessThan(5);
  expect(departures.before(window, 0)).toBeGreaterThan(8);
});

it('counts a departure in the harmless direction for nothing', () => {
  const { live, see } = watch([{ bad: 'high' }]);
  for (let i = 0; i < 1000; i++) live(0);
  expect(see(-50)).toBe(0);
});

it('is the same on the scale of another baseline', () => {
  const { departures, window, live } = watch([both]);
  for (let i = 0; i < 1000; i++) live(5);
  const before = departures.score(window, 0, 'normal life');
  const old = { centre: Float32Array.of(0), scale: Float32Array.of(1), constant: new Uint8Array(1) };
  departures.rescale(0, old, { ...old, centre: Float32Array.of(3), scale: Float32Array.of(0.5) });
  const z = { at: (row: number, back: number, k: number) => (window.at(row, back, k) - 3) / 0.5 };
  expect(departures.score(z, 0, 'normal life')).toBeCloseTo(before, 3);
});
