import { z } from 'zod';
import type { Component } from '../core/component.ts';
import type { Detector, DetectorContext, FittedDetector } from '../core/detector.ts';
import { ChangePoint, changePointFromBytes } from './change-point.ts';
import { Drift, driftFromBytes } from './drift.ts';
import { IsolationForest, isolationForestFromBytes } from './isolation-forest.ts';
import { Jump, jumpFromBytes } from './jump.ts';
import { LstmAutoencoder, lstmAutoencoderFromBytes } from './lstm-autoencoder.ts';
import { RobustZ, robustZFromBytes } from './robust-z.ts';
import { SpectralResidual, spectralResidualFromBytes } from './spectral-residual.ts';
import { Subspace, subspaceFromBytes } from './subspace.ts';

/** Other options of a detector that the race may prefer once a history has so many rows: the smallest first. */
export interface DetectorVariant {
  readonly options: Readonly<Record<string, number>>;
  readonly rows: number;
}

/** A detector as the register holds it: made from options, or read from the bytes of its fitted form. */
export interface DetectorComponent extends Component<z.ZodType, Detector, DetectorContext> {
  /** The detector with its default options. */
  make(context: DetectorContext): Detector;
  fromBytes(bytes: Uint8Array, context?: Pick<DetectorContext, 'network'>): FittedDetector;
  /** Its weight in the p-value of a row, the prior of the race; 0: it only ranks. */
  readonly weight: number;
  /** Its weight in the score, which only ranks rows. */
  readonly rank: number;
  readonly variants?: readonly DetectorVariant[];
}

interface Declaration<S extends z.ZodType> extends Component<S, Detector, DetectorContext> {
  fromBytes(bytes: Uint8Array, context?: Pick<DetectorContext, 'network'>): FittedDetector;
  readonly weight: number;
  readonly rank?: number;
  readonly variants?: readonly DetectorVariant[];
}

function declare<S extends z.ZodType>(it: Declaration<S>): DetectorComponent {
  const make = (context: DetectorContext) => it.create(it.options.parse({}), context);
  return {
    rank: 1,
    ...it,
    make,
    create: (options, context) => it.create(it.options.parse(options), context),
  };
}

const top = z.int().min(1).max(64).default(3).describe('How many signals, the worst first, are averaged.');
const smooth = z.int().min(1).max(120).default(3).describe('Over how many steps a deviation is averaged.');

/** All detectors. One more is one new file and one entry here; the contract tests run over this list. */
export const detectors: readonly DetectorComponent[] = [
  declare({
    name: 'robust-z',
    summary: 'Mean of the largest robust deviations over the signals, smoothed over a few steps.',
    options: z.strictObject({ top, smooth }),
    weight: 20,
    rank: 0,
    create: (options, context) => new RobustZ(options, context),
    fromBytes: robustZFromBytes,
  }),
  declare({
    name: 'level-z',
    summary: 'The same deviations, but from the level of the last day: what is normal moves.',
    options: z.strictObject({ top, smooth }),
    weight: 0,
    create: (options, context) => new RobustZ(options, context, 'day'),
    fromBytes: robustZFromBytes,
  }),
  declare({
    name: 'change-point',
    summary: 'Levels that change: the last 20 minutes against the last 4 hours (Roberts 1959).',
    options: z.strictObject({ top }),
    weight: 0,
    create: (options, context) => new ChangePoint(options, context),
    fromBytes: changePointFromBytes,
  }),
  declare({
    name: 'subspace',
    summary:
      'What the signals do not have in common: residuals of principal components (Lakhina et al. 2004).',
    options: z.strictObject({
      top,
      rows: z.int().min(2).max(200_000).default(20_000).describe('Rows of the history that it is fitted on.'),
    }),
    weight: 0,
    create: (options, context) => new Subspace(options, context),
    fromBytes: subspaceFromBytes,
  }),
  declare({
    name: 'spectral-residual',
    summary: 'Points that stand out of the pattern of those right before them (Ren et al. 2019).',
    options: z.strictObject({ top }),
    weight: 0,
    create: (options, context) => new SpectralResidual(options, context),
    fromBytes: spectralResidualFromBytes,
  }),
  declare({
    name: 'jump',
    summary: 'Jumps from one look to the next, larger than those of normal life.',
    options: z.strictObject({ top }),
    weight: 0,
    create: (options, context) => new Jump(options, context),
    fromBytes: jumpFromBytes,
  }),
  declare({
    name: 'isolation-forest',
    summary: 'Rows that random splits isolate early: unusual combinations of signals (Liu, Ting, Zhou 2008).',
    options: z.strictObject({
      trees: z.int().min(1).max(1000).default(100).describe('Number of trees.'),
      subsample: z.int().min(2).max(4096).default(256).describe('Rows drawn for each tree.'),
      rows: z.int().min(2).max(200_000).default(20_000).describe('Rows of the history that are drawn from.'),
    }),
    weight: 1,
    rank: 0.2,
    variants: [512, 1024, 4096].map(subsample => ({ options: { subsample }, rows: 8 * subsample })),
    create: (options, context) => new IsolationForest(options, context),
    fromBytes: isolationForestFromBytes,
  }),
  declare({
    name: 'lstm-autoencoder',
    summary:
      'Windows that a recurrent network cannot write back: unusual courses of signals (Malhotra et al. 2016).',
    options: z.strictObject({
      window: z.int().min(2).max(120).default(30).describe('Steps of a window.'),
      hidden: z.int().min(8).max(128).multipleOf(8).default(32).describe('Units of each cell.'),
      latent: z.int().min(8).max(128).multipleOf(8).default(16).describe('Numbers between the cells.'),
      windows: z.int().min(1).max(20_000).default(2000).describe('Windows of the history that train it.'),
      epochs: z.int().min(1).max(200).default(12).describe('Times that each window is learned at most.'),
      recent: z.int().min(1).max(120).default(3).describe('Newest steps over which the error is averaged.'),
      top,
      backend: z
        .enum(['wasm', 'tfjs-node'])
        .default('wasm')
        .describe('What computes it: our own kernels, or TensorFlow, which you install.'),
    }),
    weight: 1,
    create: (options, context) => new LstmAutoencoder(options, context),
    fromBytes: lstmAutoencoderFromBytes,
  }),
  declare({
    name: 'drift',
    summary:
      'Latency, errors or saturation that have begun to climb slowly: likelihood ratio of a ramp against a level.',
    options: z.strictObject({
      window: z.int().min(10).max(120).default(30).describe('Steps that are looked back.'),
      ramp: z
        .int()
        .min(3)
        .max(100)
        .default(15)
        .describe('Newest steps over which a ramp is sought, at most; shorter ones are sought too.'),
    }),
    weight: 5,
    rank: 0,
    create: (options, context) => new Drift(options, context),
    fromBytes: driftFromBytes,
  }),
];
