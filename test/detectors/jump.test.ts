import { expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { createWindow } from '../../core/window.ts';
import { Jump } from '../../detectors/jump.ts';

const step = 60_000;
const signals = [signalSchema.parse({ name: 'queue', kind: 'saturation', query: 'q', bad: 'both' })];
const slow = Float64Array.from({ length: 3000 }, (_, i) => 3 * Math.sin(i / 60));
const t = slow.map((_, i) => i * step);
const frame = { entity: { instance: 'a' }, signals: ['queue'], step, t, columns: [slow] };
const fitted = new Jump({ top: 1 }, { signals, step, seed: 1 }).fit([frame]);

function after(values: readonly number[]): number {
  const window = createWindow(1, 1, 2);
  values.forEach((value, i) => {
    const batch = { class: { name: 'c', signals, step }, t: i * step, entities: [], partial: false };
    window.push({ ...batch, values: Float64Array.from([value]) });
  });
  const out = new Float64Array(1);
  fitted.score(window, out);
  return out[0]!;
}

it('sees a step of a smooth signal between two values that are both usual', () => {
  expect(after([-1, 1])).toBeGreaterThan(5);
  expect(after([1, 1.05])).toBeLessThan(1);
});

it('takes the first value after a gap for no jump', () => {
  expect(after([-1, Number.NaN, 1])).toBe(0);
});
