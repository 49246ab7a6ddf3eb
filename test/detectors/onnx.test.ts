import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { createWindow } from '../../core/window.ts';
import { LstmAutoencoder } from '../../detectors/lstm-autoencoder.ts';
import { autoencoderToOnnx } from '../../detectors/onnx.ts';

const steps = 20;
const names = ['traffic', 'errors', 'latency'];
const signals = names.map((name, k) =>
  signalSchema.parse({ name, kind: 'latency', query: 'q', bad: k === 1 ? 'high' : 'both' }),
);
const options = { window: steps, hidden: 32, latent: 16, windows: 300, epochs: 4, recent: 3, top: 2 };
const random = createRandom(9);

function fittedOne() {
  const t = Float64Array.from({ length: 600 }, (_, i) => i);
  const columns = names.map((_, k) => t.map(i => Math.sin(i / 5 + k) + random() - 0.5));
  const frame = { entity: {}, signals: names, step: 1, t, columns };
  return new LstmAutoencoder(options, { signals, step: 1, seed: 2 }).fit([frame]);
}

/** Windows of all kinds: usual, far out, with holes, without a signal, without a newest row. */
function makeWindows(rows: number): Float64Array {
  return Float64Array.from({ length: rows * steps * 3 }, (_, i) => {
    const row = Math.floor(i / (steps * 3));
    const t = Math.floor(i / 3) % steps;
    if (row % 5 === 2 && random() < 0.3) return Number.NaN;
    if (row % 5 === 3 && i % 3 === 0) return Number.NaN;
    if (row % 5 === 4 && t === steps - 1) return Number.NaN;
    return (row % 5 === 1 ? 60 : 3) * (random() - 0.5);
  });
}

describe('an autoencoder as ONNX', () => {
  const fitted = fittedOne();

  it('gives another runtime the scores that it has here', async () => {
    const rows = 70;
    const values = makeWindows(rows);
    const view = createWindow(rows, 3, steps);
    for (let t = 0; t < steps; t++) {
      const look = Float64Array.from({ length: rows * 3 }, (_, i) => {
        const row = Math.floor(i / 3);
        return values[(row * steps + t) * 3 + (i % 3)]!;
      });
      view.push({ class: { name: 'c', signals, step: 1 }, t, entities: [], values: look, partial: false });
    }
    const own = new Float64Array(rows);
    fitted.score(view, own);
    const file = autoencoderToOnnx(fitted.toBytes(), { class: 'service/service', signals: names });
    const session = await InferenceSession.create(file);
    const window = new Tensor('float32', Float32Array.from(values), [rows, steps, 3]);
    const { score, reconstruction } = await session.run({ window });
    expect(reconstruction?.dims).toEqual([rows, steps, 3]);
    const theirs = score!.data as Float32Array;
    expect(own.filter(Number.isNaN).length).toBe(14);
    own.forEach((value, row) => {
      if (Number.isNaN(value)) expect(theirs[row], `row ${row}`).toBeNaN();
      else expect(Math.abs(theirs[row]! - value) / Math.max(1, value), `row ${row}`).toBeLessThan(1e-5);
    });
  });

  it('refuses names that are not those of its signals, and bytes of something else', () => {
    const bytes = fitted.toBytes();
    expect(() => autoencoderToOnnx(bytes, { class: 'c', signals: ['one'] })).toThrow(
      /reads 3 signals, 1 were named/,
    );
    expect(() => autoencoderToOnnx(new Uint8Array(9), { class: 'c', signals: names })).toThrow(RangeError);
  });
});
