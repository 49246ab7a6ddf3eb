import { paddedWidth, type WeightBlock, weightLayout } from '../kernels/autoencoder-weights.ts';
import { inputLimit } from './autoencoder-training.ts';
import { zLimit } from './baseline.ts';
import { autoencoderParts, type FittedParts } from './lstm-autoencoder.ts';
import { type OnnxNode, type OnnxTensor, onnxBytes } from './onnx-model.ts';

/** Our order of the gates is input, forget, candidate, output; that of ONNX input, output, forget, candidate. */
const gateOrder = [0, 3, 1, 2];

const about = `An LSTM autoencoder of foreshock. Input window: float [batch, steps, width], oldest step first, each value
standardized as (value - centre) / scale of its entity, NaN where missing. Output reconstruction: what the network writes
back. Output score: the mean of the largest errors over the newest steps, each in units of its error over normal life; NaN
where the newest step has no value.`;

const floats = (name: string, dims: readonly number[], values: ArrayLike<number>): OnnxTensor => ({
  name,
  type: 'float',
  dims,
  values,
});
const integers = (name: string, values: readonly number[]): OnnxTensor => ({
  name,
  type: 'int64',
  dims: [values.length],
  values,
});

/** Rows `from` to `end` of the weights of a cell, a row a gate unit: [4 hidden, inputs], in ONNX's order. */
function gatesOf(
  { network }: FittedParts,
  block: WeightBlock,
  rows: { from: number; end: number },
): Float32Array {
  const { hidden } = network.shape;
  const inputs = rows.end - rows.from;
  const out = new Float32Array(4 * hidden * inputs);
  gateOrder.forEach((gate, place) => {
    for (let unit = 0; unit < hidden; unit++)
      for (let i = 0; i < inputs; i++) {
        const weight = block.place + (rows.from + i) * block.columns + gate * hidden + unit;
        out[(place * hidden + unit) * inputs + i] = network.weights[weight]!;
      }
  });
  return out;
}

/** The weights of both cells as ONNX's W, R and B, and the two layers around the latent and the output. */
function weightsOf(parts: FittedParts): OnnxTensor[] {
  const { shape, weights } = parts.network;
  const { width, hidden, latent } = shape;
  const layout = weightLayout(shape);
  const columns = paddedWidth(shape);
  const gate = 4 * hidden;
  const biasOf = (block: WeightBlock) => {
    const bias = new Float32Array(2 * gate);
    bias.set(gatesOf(parts, block, { from: 0, end: 1 }));
    return bias;
  };
  const plain = ({ place, rows, columns: wide }: WeightBlock, used = wide) =>
    Float32Array.from(
      { length: rows * used },
      (_, i) => weights[place + Math.floor(i / used) * wide + (i % used)]!,
    );
  const { encoder, fromLatent, decoder } = layout;
  return [
    floats('encoder_w', [1, gate, width], gatesOf(parts, encoder, { from: 0, end: width })),
    floats('encoder_r', [1, gate, hidden], gatesOf(parts, encoder, { from: columns, end: columns + hidden })),
    floats('encoder_b', [1, 2 * gate], biasOf(layout.encoderBias)),
    floats('to_latent', [hidden, latent], plain(layout.toLatent)),
    floats('latent_bias', [latent], plain(layout.latentBias)),
    floats('decoder_w', [1, gate, latent], gatesOf(parts, fromLatent, { from: 0, end: latent })),
    floats('decoder_r', [1, gate, hidden], gatesOf(parts, decoder, { from: 0, end: hidden })),
    floats('decoder_b', [1, 2 * gate], biasOf(layout.decoderBias)),
    floats('out', [hidden, width], plain(layout.out, width)),
    floats('out_bias', [width], plain(layout.outBias, width)),
  ];
}

function node(op: string, inputs: string, output: string, attributes: OnnxNode['attributes'] = {}): OnnxNode {
  return {
    op,
    inputs: inputs.split(' ').map(name => (name === '-' ? '' : name)),
    outputs: output.split(' '),
    attributes,
  };
}

/** window -> reconstruction. */
function networkNodes({ network }: FittedParts): OnnxNode[] {
  const { hidden } = network.shape;
  return [
    node('IsNaN', 'window', 'missing'),
    node('Where', 'missing zero window', 'known'),
    node('Clip', 'known input_low input_high', 'fed'),
    node('Transpose', 'fed', 'steps_first', { perm: [1, 0, 2] }),
    node('LSTM', 'steps_first encoder_w encoder_r encoder_b', '- encoded', { hidden_size: hidden }),
    node('Squeeze', 'encoded first_axis', 'last_hidden'),
    node('MatMul', 'last_hidden to_latent', 'latent_sum'),
    node('Add', 'latent_sum latent_bias', 'latent'),
    node('Unsqueeze', 'latent first_axis', 'latent_once'),
    node('Tile', 'latent_once repeats', 'latent_steps'),
    node('LSTM', 'latent_steps decoder_w decoder_r decoder_b', 'decoded', { hidden_size: hidden }),
    node('Squeeze', 'decoded direction_axis', 'decoded_steps'),
    node('MatMul', 'decoded_steps out', 'written_sum'),
    node('Add', 'written_sum out_bias', 'written'),
    node('Transpose', 'written', 'reconstruction', { perm: [1, 0, 2] }),
  ];
}

/** window, reconstruction -> score. */
function scoreNodes(): OnnxNode[] {
  return [
    node('Clip', 'known far_low far_high', 'bounded'),
    node('Sub', 'bounded reconstruction', 'difference'),
    node('Mul', 'difference sign', 'directed'),
    node('GreaterOrEqual', 'directed zero', 'matters'),
    node('Not', 'missing', 'present'),
    node('And', 'matters present', 'counts'),
    node('Mul', 'difference difference', 'squares'),
    node('Where', 'counts squares zero', 'errors'),
    node('Slice', 'errors newest_start newest_end steps_axis', 'newest_errors'),
    node('Cast', 'present', 'samples', { to: 1 }),
    node('Slice', 'samples newest_start newest_end steps_axis', 'newest_samples'),
    node('ReduceSum', 'newest_errors steps_axis', 'error_sum', { keepdims: 0 }),
    node('ReduceSum', 'newest_samples steps_axis', 'sample_sum', { keepdims: 0 }),
    node('Max', 'sample_sum one', 'divisor'),
    node('Div', 'error_sum divisor', 'mean_error'),
    node('Sqrt', 'mean_error', 'root'),
    node('Div', 'root scale', 'scaled'),
    node('Greater', 'sample_sum zero', 'sampled'),
    node('Where', 'sampled scaled minus_one', 'ranked'),
    node('TopK', 'ranked top', 'largest places', { axis: 1 }),
    node('GreaterOrEqual', 'largest zero', 'taken'),
    node('Cast', 'taken', 'taken_one', { to: 1 }),
    node('Mul', 'largest taken_one', 'taken_errors'),
    node('ReduceSum', 'taken_errors signals_axis', 'taken_sum', { keepdims: 0 }),
    node('ReduceSum', 'taken_one signals_axis', 'taken_count', { keepdims: 0 }),
    node('Div', 'taken_sum taken_count', 'mean'),
    node('Slice', 'samples last_start newest_end steps_axis', 'last_samples'),
    node('ReduceSum', 'last_samples both_axes', 'last_count', { keepdims: 0 }),
    node('Greater', 'last_count zero', 'answered'),
    node('Where', 'answered mean nan', 'score'),
  ];
}

function constantsOf({ network, scale, top }: FittedParts): OnnxTensor[] {
  const { shape, sign, recent } = network;
  const { steps, width } = shape;
  const scalars = {
    zero: 0,
    one: 1,
    minus_one: -1,
    nan: Number.NaN,
    input_low: -inputLimit,
    input_high: inputLimit,
    far_low: -zLimit,
    far_high: zLimit,
  };
  return [
    ...Object.entries(scalars).map(([name, value]) => floats(name, [], [value])),
    floats('sign', [width], sign),
    floats('scale', [width], scale),
    integers('first_axis', [0]),
    integers('direction_axis', [1]),
    integers('steps_axis', [1]),
    integers('signals_axis', [1]),
    integers('both_axes', [1, 2]),
    integers('repeats', [steps, 1, 1]),
    integers('newest_start', [steps - recent]),
    integers('last_start', [steps - 1]),
    integers('newest_end', [steps]),
    integers('top', [Math.min(top, width)]),
  ];
}

/**
 * A fitted autoencoder, by what `toBytes` wrote, as an ONNX file for other runtimes: the network and its score, any batch.
 * `signals` names the columns, `class` the class, `metadata` is put beside them. Throws a RangeError when the bytes are those
 * of something else.
 */
export function autoencoderToOnnx(
  bytes: Uint8Array,
  of: {
    readonly class: string;
    readonly signals: readonly string[];
    readonly metadata?: Readonly<Record<string, string>>;
  },
): Uint8Array {
  const parts = autoencoderParts(bytes);
  const { steps, width } = parts.network.shape;
  if (of.signals.length !== width)
    throw new RangeError(`the autoencoder reads ${width} signals, ${of.signals.length} were named`);
  return onnxBytes({
    name: of.class,
    about,
    metadata: { ...of.metadata, class: of.class, signals: of.signals.join(',') },
    inputs: [{ name: 'window', dims: ['batch', steps, width] }],
    outputs: [
      { name: 'reconstruction', dims: ['batch', steps, width] },
      { name: 'score', dims: ['batch'] },
    ],
    constants: [...weightsOf(parts), ...constantsOf(parts)],
    nodes: [...networkNodes(parts), ...scoreNodes()],
  });
}
