/** Sizes of an autoencoder: windows of `steps` rows of `width` signals, both cells of `hidden` units around `latent`. */
export interface AutoencoderShape {
  readonly steps: number;
  readonly width: number;
  /** A multiple of 8. */
  readonly hidden: number;
  /** A multiple of 8. */
  readonly latent: number;
}

/** A matrix of the flat weights: inputs x outputs, row-major. */
export interface WeightBlock {
  readonly place: number;
  readonly rows: number;
  readonly columns: number;
}

/** Signals as the kernels see them: `width` rounded up to a multiple of 8; the columns that are added stay 0. */
export function paddedWidth({ width }: AutoencoderShape): number {
  return 8 * Math.ceil(width / 8);
}

/** Where each weight lies. The gates of a cell are in the order input, forget, candidate, output. */
export interface WeightLayout {
  /** Rows: the signals, then the hidden units. */
  readonly encoder: WeightBlock;
  readonly encoderBias: WeightBlock;
  readonly toLatent: WeightBlock;
  readonly latentBias: WeightBlock;
  readonly fromLatent: WeightBlock;
  readonly decoder: WeightBlock;
  readonly decoderBias: WeightBlock;
  readonly out: WeightBlock;
  readonly outBias: WeightBlock;
  /** How many numbers the weights are. */
  readonly length: number;
}

/** The layout of the flat weights of a shape. */
export function weightLayout(shape: AutoencoderShape): WeightLayout {
  const { hidden, latent } = shape;
  const columns = paddedWidth(shape);
  let length = 0;
  const block = (rows: number, wide: number): WeightBlock => {
    const place = length;
    length += rows * wide;
    return { place, rows, columns: wide };
  };
  const blocks = {
    encoder: block(columns + hidden, 4 * hidden),
    encoderBias: block(1, 4 * hidden),
    toLatent: block(hidden, latent),
    latentBias: block(1, latent),
    fromLatent: block(latent, 4 * hidden),
    decoder: block(hidden, 4 * hidden),
    decoderBias: block(1, 4 * hidden),
    out: block(hidden, columns),
    outBias: block(1, columns),
  };
  return { ...blocks, length };
}

/**
 * Weights to begin with: uniform within +-sqrt(6 / (fan in + fan out)) (Glorot, Bengio 2010), biases 0, but 1 for the forget
 * gates (Jozefowicz et al. 2015).
 */
export function initialWeights(shape: AutoencoderShape, random: () => number): Float32Array {
  const layout = weightLayout(shape);
  const weights = new Float32Array(layout.length);
  const { encoder, toLatent, fromLatent, decoder, out, encoderBias, decoderBias } = layout;
  const draw = ({ place, rows, columns }: WeightBlock, fanOut: number) => {
    const limit = Math.sqrt(6 / (rows + fanOut));
    for (let i = place; i < place + rows * columns; i++) weights[i] = (2 * random() - 1) * limit;
  };
  draw(encoder, shape.hidden);
  draw(toLatent, shape.latent);
  draw(fromLatent, shape.hidden);
  draw(decoder, shape.hidden);
  draw(out, shape.width);
  for (const { place } of [encoderBias, decoderBias])
    weights.fill(1, place + shape.hidden, place + 2 * shape.hidden);
  return weights;
}
