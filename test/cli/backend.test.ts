import { describe, expect, it } from 'vitest';
import { isInstalled, networkOf, tensorPackage } from '../../cli/backend.ts';
import { type Tensor, type TensorFlow, tensorNetworks } from '../../cli/tensor-network.ts';
import { configSchema } from '../../config/schema.ts';
import type { NetworkMaker, NetworkShape } from '../../core/network.ts';
import { signalSchema } from '../../core/pack.ts';
import { createRandom } from '../../core/random.ts';
import { frameHistory, scoreFrame } from '../../detectors/frame-window.ts';
import { kernelNetwork } from '../../detectors/kernel-network.ts';
import { LstmAutoencoder, lstmAutoencoderFromBytes } from '../../detectors/lstm-autoencoder.ts';
import { initialWeights } from '../../kernels/autoencoder-weights.ts';

const configOf = (detectors: unknown) =>
  configSchema.parse({
    prometheus: { url: 'http://127.0.0.1:9' },
    packs: ['node'],
    detection: { detectors },
  });
const asked = configOf({ 'lstm-autoencoder': { backend: 'tfjs-node' } });

const shape = { steps: 6, width: 3, hidden: 16, latent: 8 };

/** Outputs, and the gradient of the weights when each output is its own gradient, of five rows. */
function work(maker: NetworkMaker, of: NetworkShape = shape) {
  const rows = 5;
  const net = maker(of, { batch: 7, mode: 'train' });
  net.load(initialWeights(of, createRandom(3)));
  const random = createRandom(4);
  for (let t = 0; t < of.steps; t++)
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < of.width; k++) net.memory[net.inputAt(t, row) + k] = 4 * random() - 2;
  net.cleanInputs(rows, 1.5);
  net.forward(rows);
  const outputs: number[] = [];
  for (let t = 0; t < of.steps; t++)
    for (let row = 0; row < rows; row++) {
      const at = net.outputAt(t, row);
      outputs.push(...net.memory.subarray(at, at + of.width));
      net.memory.fill(0, at + of.width, at + 8);
    }
  const gradient = () => {
    net.backward(rows);
    return [...net.gradient];
  };
  return { outputs, gradient };
}

/** The largest difference, in units of the largest value. */
function distance(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length);
  const largest = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((each, i) => Math.abs(each - b[i]!))) / largest;
}

class Plain implements Tensor {
  readonly values: Float64Array;
  readonly shape: readonly number[];
  constructor(values: ArrayLike<number>, tensorShape: readonly number[]) {
    this.values = Float64Array.from(values);
    this.shape = tensorShape;
  }
  dataSync() {
    return this.values;
  }
}

/** So much of TensorFlow as the way forward needs, on matrices: its meaning, not its speed. */
function plainTensors(): TensorFlow {
  const of = (x: Tensor): Plain => {
    if (!(x instanceof Plain)) throw new TypeError('not a tensor of this test');
    return x;
  };
  const map = (x: Tensor, f: (v: number, i: number) => number) => new Plain(of(x).values.map(f), of(x).shape);
  /** A bias of one row stands under each row. */
  const both = (a: Tensor, b: Tensor, f: (x: number, y: number) => number) =>
    map(a, (v, i) => f(v, of(b).values[i % of(b).values.length]!));
  const columns = (x: Tensor, from: number, end: number) => {
    const [rows = 0, width = 0] = of(x).shape;
    const values = of(x).values.filter((_, i) => i % width >= from && i % width < end);
    return new Plain(values, [rows, end - from]);
  };
  return {
    tensor: (values, size) => new Plain(values, size),
    zeros: size => new Plain(new Float64Array(size.reduce((a, b) => a * b, 1)), size),
    matMul(a, b) {
      const [rows = 0, depth = 0] = of(a).shape;
      const [, width = 0] = of(b).shape;
      const out = new Float64Array(rows * width);
      for (let i = 0; i < out.length; i++)
        for (let k = 0; k < depth; k++)
          out[i] =
            out[i]! +
            of(a).values[Math.floor(i / width) * depth + k]! * of(b).values[k * width + (i % width)]!;
      return new Plain(out, [rows, width]);
    },
    add: (a, b) => both(a, b, (x, y) => x + y),
    mul: (a, b) => both(a, b, (x, y) => x * y),
    sigmoid: x => map(x, v => 1 / (1 + Math.exp(-v))),
    tanh: x => map(x, Math.tanh),
    concat([a, b]) {
      const [rows = 0, left = 0] = of(a!).shape;
      const right = of(b!).shape[1]!;
      const values = Array.from({ length: rows }, (_, i) => [
        ...of(a!).values.subarray(i * left, (i + 1) * left),
        ...of(b!).values.subarray(i * right, (i + 1) * right),
      ]).flat();
      return new Plain(values, [rows, left + right]);
    },
    split(x, parts) {
      const width = of(x).shape[1]! / parts;
      return Array.from({ length: parts }, (_, k) => columns(x, k * width, (k + 1) * width));
    },
    stack: parts =>
      new Plain(
        parts.flatMap(x => [...of(x).values]),
        [parts.length, ...of(parts[0]!).shape],
      ),
    unstack(x) {
      const [count = 0, ...rest] = of(x).shape;
      const size = of(x).values.length / count;
      return Array.from(
        { length: count },
        (_, i) => new Plain(of(x).values.subarray(i * size, (i + 1) * size), rest),
      );
    },
    grads: () => () => [],
    tidy: body => body(),
  };
}

describe('another backend for networks', () => {
  it('is none unless the config asks for one', async () => {
    expect(await networkOf(configOf(undefined))).toBeUndefined();
    expect(await networkOf(configOf(['lstm-autoencoder']))).toBeUndefined();
    expect(await networkOf(configOf({ 'lstm-autoencoder': { window: 60 } }))).toBeUndefined();
  });

  it('asked for and absent, says how to install it', async () => {
    await expect(networkOf(asked, '@tensorflow/absent')).rejects.toThrow(
      /@tensorflow\/absent is not installed: npm install @tensorflow\/absent .* or leave `backend` out/,
    );
  });

  it('says that a package is not the one that is meant', async () => {
    await expect(networkOf(asked, 'zod')).rejects.toThrow(/zod is not the TensorFlow.js/);
  });

  it('reads the same weights as the kernels do, and writes windows back alike', () => {
    const { outputs } = work(tensorNetworks(plainTensors()));
    expect(distance(outputs, work(kernelNetwork).outputs)).toBeLessThan(1e-5);
  });
});

/** What both backends must agree on. */
function agrees(open: () => Promise<NetworkMaker>): void {
  it('has the outputs and gradients of the kernels', async () => {
    const there = work(await open());
    const here = work(kernelNetwork);
    expect(distance(there.outputs, here.outputs)).toBeLessThan(1e-5);
    expect(distance(there.gradient(), here.gradient())).toBeLessThan(1e-4);
  });

  it('gives the scores of the kernels from the same weights', async () => {
    const signals = ['a', 'b'].map(name => signalSchema.parse({ name, kind: 'cpu', query: 'x' }));
    const random = createRandom(5);
    const columns = signals.map((_, k) =>
      Float64Array.from({ length: 300 }, (__, i) => Math.sin(i / 9 + k) + 0.2 * random()),
    );
    const t = Float64Array.from({ length: 300 }, (_, i) => i);
    const frame = { entity: {}, signals: ['a', 'b'], step: 1, t, columns };
    const options = { window: 12, hidden: 16, latent: 8, windows: 100, epochs: 3, recent: 3, top: 2 };
    const network = await open();
    const made = new LstmAutoencoder(options, { signals, step: 1, seed: 1, network }).fit([frame]);
    const bytes = made.toBytes();
    const there = [...scoreFrame(frameHistory(frame), lstmAutoencoderFromBytes(bytes, { network }))];
    const here = [...scoreFrame(frameHistory(frame), lstmAutoencoderFromBytes(bytes))];
    expect(distance(there, here)).toBeLessThan(1e-4);
  });
}

/** The peer is there only where its owner has installed it; another build of TensorFlow.js may be named to be tried. */
const tried = process.env.FORESHOCK_TENSORFLOW ?? tensorPackage;
if (isInstalled(tried))
  describe(`networks by ${tried}`, () => {
    agrees(async () => {
      const network = await networkOf(asked, tried);
      if (network === undefined) throw new Error('nothing was asked for');
      return network;
    });
  });
else console.warn(`${tried} is not installed: its scores are not compared with those of the kernels`);
