import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import { Autoencoder } from '../../kernels/autoencoder.ts';
import { type AutoencoderShape, initialWeights, weightLayout } from '../../kernels/autoencoder-weights.ts';
import { type LstmKernels, lstmKernels } from '../../kernels/lstm-kernels.ts';
import { plainLstmKernels } from '../../kernels/lstm-twin.ts';

const shape = { steps: 7, width: 5, hidden: 16, latent: 8 };

function make(kernels: LstmKernels, batch: number, of: AutoencoderShape = shape): Autoencoder {
  const net = new Autoencoder(kernels, of, { batch, mode: 'train' });
  net.load(initialWeights(of, createRandom(3)));
  return net;
}

/** Fills the inputs of `rows` windows; row r is the same whatever the batch. */
function fill(net: Autoencoder, rows: number): void {
  const { steps, width } = net.shape;
  for (let row = 0; row < rows; row++) {
    const random = createRandom(100 + row);
    for (let t = 0; t < steps; t++)
      for (let k = 0; k < width; k++) net.memory[net.inputAt(t, row) + k] = 4 * random() - 2;
  }
}

/** Half the sum of squared errors; puts its gradient in the place of the outputs. */
function lossOf(net: Autoencoder, rows: number): number {
  const { steps, width } = net.shape;
  let sum = 0;
  for (let t = 0; t < steps; t++)
    for (let row = 0; row < rows; row++) {
      const y = net.outputAt(t, row);
      net.memory.fill(0, y + width, y + 8 * Math.ceil(width / 8));
      for (let k = 0; k < width; k++) {
        const error = net.memory[y + k]! - net.memory[net.inputAt(t, row) + k]!;
        net.memory[y + k] = error;
        sum += error * error;
      }
    }
  return sum / 2;
}

function gradientOf(net: Autoencoder, rows: number): Float64Array {
  fill(net, rows);
  net.forward(rows);
  lossOf(net, rows);
  net.backward(rows);
  return Float64Array.from(net.gradient);
}

function outputs(net: Autoencoder, rows: number): Float64Array {
  fill(net, rows);
  net.forward(rows);
  const { steps, width } = net.shape;
  return Float64Array.from({ length: rows * steps * width }, (_, i) => {
    const row = Math.floor(i / (steps * width));
    const t = Math.floor(i / width) % steps;
    return net.memory[net.outputAt(t, row) + (i % width)]!;
  });
}

describe('the LSTM autoencoder', () => {
  it('goes back along the numeric gradient, in every block of weights', () => {
    const net = make(plainLstmKernels(), 3);
    const gradient = gradientOf(net, 3);
    const loss = () => {
      net.forward(3);
      return lossOf(net, 3);
    };
    const { length, ...blocks } = weightLayout(shape);
    for (const [name, { place, rows, columns }] of Object.entries(blocks)) {
      const step = Math.max(1, Math.floor((rows * columns) / 40));
      for (let i = place; i < place + rows * columns; i += step) {
        const was = net.weights[i]!;
        net.weights[i] = was + 1e-5;
        const above = loss();
        net.weights[i] = was - 1e-5;
        const below = loss();
        net.weights[i] = was;
        expect(gradient[i], `${name}, weight ${i - place}`).toBeCloseTo((above - below) / 2e-5, 6);
      }
    }
    expect(length).toBe(gradient.length);
  });

  it.each([
    [1, shape],
    [6, shape],
    [5, { steps: 1, width: 1, hidden: 8, latent: 8 }],
    [9, { steps: 20, width: 8, hidden: 32, latent: 16 }],
    [3, { steps: 4, width: 19, hidden: 8, latent: 24 }],
  ])('has in WebAssembly the outputs and gradients of the twin, %i rows of %o', (rows, of) => {
    const [own, twin] = [lstmKernels(), plainLstmKernels()].map(kernels => {
      const net = make(kernels, rows, of);
      return { y: outputs(net, rows), gradient: gradientOf(net, rows) };
    });
    const scale = Math.max(...twin!.gradient.map(Math.abs));
    own!.y.forEach((value, i) => {
      expect(value).toBeCloseTo(twin!.y[i]!, 5);
    });
    own!.gradient.forEach((value, i) => {
      expect(Math.abs(value - twin!.gradient[i]!)).toBeLessThan(3e-6 * scale);
    });
  });

  it('writes a window back the same in any batch, and in either mode', () => {
    const alone = outputs(make(lstmKernels(), 1), 1);
    const net = new Autoencoder(lstmKernels(), shape, { batch: 9, mode: 'score' });
    net.load(initialWeights(shape, createRandom(3)));
    for (const rows of [1, 2, 9]) expect(outputs(net, rows).subarray(0, alone.length)).toEqual(alone);
  });

  it('never moves a weight of a column that only pads', () => {
    const gradient = gradientOf(make(lstmKernels(), 4), 4);
    const { encoder, out } = weightLayout(shape);
    const inputs = gradient.subarray(
      encoder.place + 5 * encoder.columns,
      encoder.place + 8 * encoder.columns,
    );
    expect(inputs.every(g => g === 0)).toBe(true);
    for (let row = 0; row < out.rows; row++)
      expect([...gradient.subarray(out.place + 8 * row + 5, out.place + 8 * row + 8)]).toEqual([0, 0, 0]);
  });

  it('holds its weights while it alone uses the memory, and loads them again after another', () => {
    const first = new Autoencoder(lstmKernels(), shape, { batch: 2, mode: 'score' });
    const weights = initialWeights(shape, createRandom(3));
    first.hold(weights);
    const before = outputs(first, 2);
    outputs(make(lstmKernels(), 5), 5);
    first.hold(weights);
    expect(outputs(first, 2)).toEqual(before);
  });
});
