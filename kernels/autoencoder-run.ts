import {
  type AutoencoderShape,
  paddedWidth,
  type WeightLayout,
  weightLayout,
} from './autoencoder-weights.ts';
import type { LstmKernels } from './lstm-kernels.ts';

/** `score` keeps one step of the cells, `train` all of them for the way back. */
export type AutoencoderMode = 'score' | 'train';

/** Matrices of the batch's rows x `columns`, one a step; with the stride 0 all steps share one. */
export interface Track {
  readonly place: number;
  readonly columns: number;
  readonly stride: number;
}

/** Place of a track's matrix at a step. */
export function at({ place, stride }: Track, step: number): number {
  return place + step * stride;
}

/** What forward and backward work on: kernels, sizes, and where things lie in the kernels' memory. */
export interface AutoencoderRun {
  readonly kernels: LstmKernels;
  readonly shape: AutoencoderShape;
  readonly layout: WeightLayout;
  readonly places: Places;
}

type Places = ReturnType<typeof forwardPlaces> &
  ReturnType<typeof backwardPlaces> & { readonly length: number };

/** Length of the row of zeros: as long as any row that a sum starts from. */
export function zeros({ hidden, latent }: AutoencoderShape): number {
  return Math.max(hidden, latent);
}

/** Hands out places one after another, each at a multiple of 16 numbers. */
function createAllocator(batch: number) {
  let length = 0;
  const matrix = (size: number): number => {
    const place = length;
    length += 16 * Math.ceil(size / 16);
    return place;
  };
  const track = (columns: number, kept: number): Track => ({
    place: matrix(kept * batch * columns),
    columns,
    stride: kept > 1 ? batch * columns : 0,
  });
  return { matrix, track, length: () => length };
}

type Allocator = ReturnType<typeof createAllocator>;

function forwardPlaces(shape: AutoencoderShape, run: Sizes, { matrix, track }: Allocator) {
  const { steps, hidden, latent } = shape;
  const columns = paddedWidth(shape);
  const kept = run.mode === 'train' ? steps : 1;
  const states = run.mode === 'train' ? steps + 1 : 1;
  return {
    weights: matrix(weightLayout(shape).length),
    /** A row of zeros, to start a sum from. */
    zero: matrix(zeros(shape)),
    /** Each row: the signals of the step, then the encoder's hidden units before it. */
    input: track(columns + hidden, steps + 1),
    gates: track(4 * hidden, kept),
    state: track(hidden, states),
    squashed: track(hidden, kept),
    z: matrix(run.batch * latent),
    fromZ: matrix(run.batch * 4 * hidden),
    decoderGates: track(4 * hidden, kept),
    decoderState: track(hidden, states),
    decoderSquashed: track(hidden, kept),
    decoderHidden: track(hidden, steps + 1),
    output: track(columns, steps),
  };
}

function backwardPlaces(shape: AutoencoderShape, run: Sizes, { matrix }: Allocator) {
  const { hidden, latent } = shape;
  const columns = paddedWidth(shape);
  const used = run.mode === 'train' ? 1 : 0;
  const rows = used * run.batch;
  return {
    gradient: matrix(used * weightLayout(shape).length),
    dh: matrix(rows * hidden),
    dc: matrix(rows * hidden),
    dFromZ: matrix(rows * 4 * hidden),
    dz: matrix(rows * latent),
    /** Transposed weights. */
    outT: matrix(used * columns * hidden),
    decoderT: matrix(used * 4 * hidden * hidden),
    fromLatentT: matrix(used * 4 * hidden * latent),
    toLatentT: matrix(used * latent * hidden),
    encoderT: matrix(used * 4 * hidden * hidden),
  };
}

/** The largest batch, and whether the steps are kept. */
export interface Sizes {
  readonly batch: number;
  readonly mode: AutoencoderMode;
}

/** Lays a run out; nothing is claimed yet. */
export function createRun(kernels: LstmKernels, shape: AutoencoderShape, run: Sizes): AutoencoderRun {
  const allocator = createAllocator(run.batch);
  const places = {
    ...forwardPlaces(shape, run, allocator),
    ...backwardPlaces(shape, run, allocator),
    length: allocator.length(),
  };
  return { kernels, shape, layout: weightLayout(shape), places };
}
