import { expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { createWindow } from '../../core/window.ts';
import { Subspace } from '../../detectors/subspace.ts';

const step = 60_000;
const signals = ['requests', 'cpu', 'sent'].map(name =>
  signalSchema.parse({ name, kind: 'traffic', query: 'q', bad: 'both' }),
);
const random = createRandom(2);
const load = Float64Array.from({ length: 3000 }, () => random() + random() + random() + random() - 2);
const columns = signals.map(() => load.map(v => v + 0.1 * (random() - 0.5)));
const frame = {
  entity: { instance: 'a' },
  signals: signals.map(s => s.name),
  step,
  t: load.map((_, i) => i * step),
  columns,
};
const fitted = new Subspace({ top: 3, rows: 20_000 }, { signals, step, seed: 1 }).fit([frame]);

function look(values: readonly number[]) {
  const window = createWindow(1, 3, 1);
  const batch = { class: { name: 'c', signals, step }, t: 0, entities: [], partial: false };
  window.push({ ...batch, values: Float64Array.from(values) });
  const [out, shares] = [new Float64Array(1), new Float64Array(3)];
  fitted.score(window, out);
  fitted.shares(window, 0, shares);
  return { score: out[0]!, shares: [...shares] };
}

it('sees signals part that move together, though none of them is far out', () => {
  expect(look([1, 1, -1]).score).toBeGreaterThan(3 * look([2, 2, 2]).score);
  expect(look([1, 1, -1]).shares[2]).toBeGreaterThan(0.4);
});

it('does not take a missing signal for one that parts', () => {
  expect(look([0.2, 0.2, Number.NaN]).score).toBeLessThan(look([1, 1, -1]).score);
});
