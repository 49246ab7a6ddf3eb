import { expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { createWindow } from '../../core/window.ts';
import { ChangePoint } from '../../detectors/change-point.ts';

const step = 60_000;
const signals = [signalSchema.parse({ name: 'latency', kind: 'latency', query: 'q', bad: 'high' })];
const random = createRandom(2);
const column = Float64Array.from({ length: 3000 }, () => 3 * (random() - 0.5));
const t = column.map((_, i) => i * step);
const frame = { entity: { instance: 'a' }, signals: ['latency'], step, t, columns: [column] };
const fitted = new ChangePoint({ top: 1 }, { signals, step, seed: 1 }).fit([frame]);

function course(values: readonly number[]): number[] {
  const window = createWindow(1, 1, 1);
  const out = new Float64Array(1);
  return values.map((value, i) => {
    const batch = { class: { name: 'c', signals, step }, t: i * step, entities: [], partial: false };
    window.push({ ...batch, values: Float64Array.from([value]) });
    fitted.score(window, out);
    return out[0]!;
  });
}
const of = (value: number, n: number) => Array.from({ length: n }, () => value);

it('sees a small change that stays where a single value says nothing, and forgets it within a day', () => {
  const scores = course([...of(0, 60), ...of(1, 1440)]);
  expect(scores[61]).toBeLessThan(1);
  expect(Math.max(...scores.slice(60, 120))).toBeGreaterThan(3);
  expect(scores.at(-1)).toBeLessThan(0.1);
});

it('takes a change in the direction that does not matter for nothing', () => {
  expect(Math.max(...course([...of(0, 60), ...of(-1, 30)]))).toBe(0);
});
