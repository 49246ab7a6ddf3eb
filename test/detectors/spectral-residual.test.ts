import { expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { createWindow } from '../../core/window.ts';
import { SpectralResidual } from '../../detectors/spectral-residual.ts';

const step = 60_000;
const signals = [signalSchema.parse({ name: 'requests', kind: 'traffic', query: 'q', bad: 'high' })];
const fitted = new SpectralResidual({ top: 1 }, { signals, step, seed: 1 }).fit([]);

function newest(values: readonly number[]): number {
  const window = createWindow(1, 1, fitted.lookback);
  values.forEach((value, i) => {
    const batch = { class: { name: 'c', signals, step }, t: i * step, entities: [], partial: false };
    window.push({ ...batch, values: Float64Array.from([value]) });
  });
  const out = new Float64Array(1);
  fitted.score(window, out);
  return out[0]!;
}
const wave = (n: number) => Array.from({ length: n }, (_, i) => 5 * Math.sin((2 * Math.PI * i) / 8));

it('sees a point that breaks a pattern, though its value is one that the pattern has', () => {
  const usual = newest(wave(41));
  expect(newest([...wave(40), 4])).toBeGreaterThan(2 * usual);
});

it('takes a break in the direction that does not matter for nothing', () => {
  expect(newest([...wave(40), -4])).toBe(0);
});
