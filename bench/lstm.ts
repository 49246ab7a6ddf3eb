import type { Entity } from '../core/batch.ts';
import { signalSchema } from '../core/pack.ts';
import { createRandom } from '../core/random.ts';
import { createWindow, type Window } from '../core/window.ts';
import { trainingStep, type WindowSlice } from '../detectors/autoencoder-training.ts';
import { LstmAutoencoder } from '../detectors/lstm-autoencoder.ts';
import { ReconstructionReader, reconstructionBatch } from '../detectors/reconstruction.ts';
import { Adam } from '../kernels/adam.ts';
import { Autoencoder } from '../kernels/autoencoder.ts';
import { initialWeights } from '../kernels/autoencoder-weights.ts';
import { type LstmKernels, lstmKernels } from '../kernels/lstm-kernels.ts';
import { plainLstmKernels } from '../kernels/lstm-twin.ts';
import { cpuOf, openExchange } from './peer.ts';

/** LSTM autoencoder 32 - 16 - 32 on windows of 60 steps x 8 signals: a training step of 64, 10,000 scored, beside PyTorch. */
const shape = { steps: 60, width: 8, hidden: 32, latent: 16 };
const count = 10_000;
const trained = 64;

/** Windows of eight phases of one wave, with noise. */
function makeWindows(): Float32Array {
  const random = createRandom(1);
  const values = new Float32Array(count * shape.steps * shape.width);
  for (let i = 0; i < values.length; i++) {
    const t = Math.floor(i / shape.width);
    values[i] = Math.sin(t / 9 + (i % shape.width)) + random() - 0.5;
  }
  return values;
}

const windows = { count, steps: shape.steps, width: shape.width, values: makeWindows() };
const weights = initialWeights(shape, createRandom(2));
const slice: WindowSlice = {
  order: Uint32Array.from({ length: trained }, (_, i) => i),
  from: 0,
  rows: trained,
};

function stepsOf(kernels: LstmKernels, times: number): Float64Array {
  const net = new Autoencoder(kernels, shape, { batch: trained, mode: 'train' });
  net.load(weights);
  const adam = new Adam(weights.length);
  return cpuOf(times, () => trainingStep(net, windows, { ...slice, adam, rate: 1e-3 }));
}

/** All windows as the newest state of as many entities. */
function windowOfAll(): Window {
  const window = createWindow(count, shape.width, shape.steps);
  const entities: Entity[] = [];
  for (let t = 0; t < shape.steps; t++) {
    const values = Float64Array.from({ length: count * shape.width }, (_, i) => {
      const row = Math.floor(i / shape.width);
      return windows.values[(row * shape.steps + t) * shape.width + (i % shape.width)]!;
    });
    window.push({ class: { name: '', signals: [], step: 1 }, t, entities, values, partial: false });
  }
  return window;
}

function scoring(times: number): Float64Array {
  const window = windowOfAll();
  const reader = new ReconstructionReader({ shape, weights, sign: new Float64Array(8), recent: shape.steps });
  const errors = new Float64Array(reconstructionBatch * shape.width);
  return cpuOf(times, () => {
    for (let from = 0; from < count; from += reconstructionBatch)
      reader.read(window, { from, rows: Math.min(reconstructionBatch, count - from) }, errors);
    if (!errors.every(Number.isFinite)) throw new Error('a window has no score');
  });
}

/** What the detector costs a class with its default options: fitted on 12 entities, 12,500 of them scored. */
function detectorCost() {
  const random = createRandom(3);
  const signals = Array.from({ length: 8 }, (_, k) =>
    signalSchema.parse({ name: `s${k}`, kind: 'cpu', query: 'q' }),
  );
  const options = { window: 30, hidden: 32, latent: 16, windows: 2000, epochs: 12, recent: 3, top: 3 };
  const frames = Array.from({ length: 12 }, (_, e) => ({
    entity: {},
    signals: signals.map(s => s.name),
    step: 1,
    t: Float64Array.from({ length: 4000 }, (_, i) => i),
    columns: signals.map((_, k) =>
      Float64Array.from({ length: 4000 }, (_, i) => Math.sin(i / 30 + k + e) + random()),
    ),
  }));
  const detector = new LstmAutoencoder(options, { signals, step: 1, seed: 1 });
  const fit = cpuOf(1, () => void detector.fit(frames));
  const fitted = detector.fit(frames);
  const window = createWindow(12_500, 8, 30);
  const values = Float64Array.from({ length: 100_000 }, () => random());
  for (let t = 0; t < 30; t++)
    window.push({ class: { name: '', signals, step: 1 }, t, entities: [], values, partial: false });
  const out = new Float64Array(12_500);
  const score = cpuOf(3, () => fitted.score(window, out));
  return { 'fit a class, s': fit[0]! / 1000, 'a pass over 100,000 series, s': score[0]! / 1000 };
}

const step = stepsOf(lstmKernels(), 60);
const score = scoring(15);
const detector = detectorCost();
// Last: code that has seen float64 memories, too, is slower from then on.
const plain = stepsOf(plainLstmKernels(), 2);
const exchange = openExchange();
exchange.write('windows', Float64Array.from(windows.values));
const peer = exchange.run('lstm.py');
console.table([
  { autoencoder: 'own kernels', 'step ms': step[0], 'worst step ms': step.at(-1), 'scoring ms': score[0] },
  { autoencoder: 'its plain float64 twin', 'step ms': plain[0], 'worst step ms': plain.at(-1) },
  ...(peer === undefined
    ? []
    : [
        {
          autoencoder: `PyTorch ${peer.version}, one thread`,
          'step ms': peer.step,
          'worst step ms': peer.worst,
          'scoring ms': peer.score,
        },
      ]),
]);
if (peer !== undefined)
  console.table({
    'own / PyTorch, step': step[0]! / Number(peer.step),
    'own / PyTorch, scoring': score[0]! / Number(peer.score),
  });
console.table(detector);
exchange.close();
