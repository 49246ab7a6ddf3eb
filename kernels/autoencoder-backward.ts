import { type AutoencoderRun, at } from './autoencoder-run.ts';
import { paddedWidth, type WeightBlock } from './autoencoder-weights.ts';

/** What stood before a layer y = x W + b, and the gradient of y. */
interface LayerBack {
  readonly rows: number;
  readonly x: number;
  readonly xRow: number;
  readonly dy: number;
}

// Objects are written out in this file, not spread: it runs some hundred times a batch.
/** Adds x^T dy to the gradient of W. */
function addGradient({ kernels, places }: AutoencoderRun, weight: WeightBlock, back: LayerBack): void {
  const g = places.gradient + weight.place;
  kernels.multiply({
    rows: weight.rows,
    width: weight.columns,
    depth: back.rows,
    a: back.x,
    aRow: 1,
    aStep: back.xRow,
    b: back.dy,
    s: g,
    sRow: weight.columns,
    c: g,
  });
}

/** Adds the rows of dy to the gradient of b. */
function addBias(
  { kernels, places }: AutoencoderRun,
  bias: WeightBlock,
  of: { rows: number; dy: number },
): void {
  kernels.addRows({ rows: of.rows, width: bias.columns, from: of.dy, to: places.gradient + bias.place });
}

/** dx = s + dy W^T, W^T at `turned`; `depth` columns of dy, `width` of dx. */
interface WayBack {
  readonly rows: number;
  readonly dy: number;
  readonly depth: number;
  readonly turned: number;
  readonly width: number;
  readonly onto: 'nothing' | 'dx';
  readonly dx: number;
}

function goBack({ kernels, places }: AutoencoderRun, way: WayBack): void {
  kernels.multiply({
    rows: way.rows,
    width: way.width,
    depth: way.depth,
    a: way.dy,
    aRow: way.depth,
    aStep: 1,
    b: way.turned,
    s: way.onto === 'dx' ? way.dx : places.zero,
    sRow: way.onto === 'dx' ? way.width : 0,
    c: way.dx,
  });
}

/** Writes the transpose of rows x columns weights at `from`. */
function turn(
  run: AutoencoderRun,
  block: WeightBlock,
  to: { readonly place: number; readonly skip: number },
): void {
  const { memory } = run.kernels;
  const from = run.places.weights + block.place + to.skip * block.columns;
  const rows = block.rows - to.skip;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < block.columns; j++)
      memory[to.place + j * rows + i] = memory[from + i * block.columns + j]!;
}

function begin(run: AutoencoderRun, rows: number): void {
  const { kernels, shape, layout, places } = run;
  const { memory } = kernels;
  turn(run, layout.out, { place: places.outT, skip: 0 });
  turn(run, layout.decoder, { place: places.decoderT, skip: 0 });
  turn(run, layout.fromLatent, { place: places.fromLatentT, skip: 0 });
  turn(run, layout.toLatent, { place: places.toLatentT, skip: 0 });
  turn(run, layout.encoder, { place: places.encoderT, skip: paddedWidth(shape) });
  memory.fill(0, places.gradient, places.gradient + layout.length);
  memory.fill(0, places.dc, places.dc + rows * shape.hidden);
  memory.fill(0, places.dFromZ, places.dFromZ + rows * 4 * shape.hidden);
}

function backDecoder(run: AutoencoderRun, rows: number): void {
  const { kernels, shape, layout, places } = run;
  const { steps, hidden: width } = shape;
  const { decoderGates, decoderState, decoderSquashed, decoderHidden, output, dh: dx, dc, dFromZ } = places;
  const depth = 4 * width;
  for (let t = steps - 1; t >= 0; t--) {
    const gates = at(decoderGates, t);
    const dy = at(output, t);
    goBack(run, { rows, dy, depth: output.columns, turned: places.outT, width, onto: 'nothing', dx });
    const later = at(decoderGates, t + 1);
    if (t < steps - 1)
      goBack(run, { rows, dy: later, depth, turned: places.decoderT, width, onto: 'dx', dx });
    addGradient(run, layout.out, { rows, x: at(decoderHidden, t + 1), xRow: width, dy });
    addBias(run, layout.outBias, { rows, dy });
    const before = at(decoderState, t);
    kernels.cellBack({ rows, hidden: width, gates, before, squashed: at(decoderSquashed, t), dh: dx, dc });
    addGradient(run, layout.decoder, { rows, x: at(decoderHidden, t), xRow: width, dy: gates });
    kernels.addRows({ rows: 1, width: rows * depth, from: gates, to: dFromZ });
  }
}

function backLatent(run: AutoencoderRun, rows: number): void {
  const { shape, layout, places } = run;
  const { steps, hidden, latent } = shape;
  const { input, z, dFromZ, dz, dh, fromLatentT, toLatentT } = places;
  const last = at(input, steps) + paddedWidth(shape);
  const depth = 4 * hidden;
  addBias(run, layout.decoderBias, { rows, dy: dFromZ });
  addGradient(run, layout.fromLatent, { rows, x: z, xRow: latent, dy: dFromZ });
  goBack(run, { rows, dy: dFromZ, depth, turned: fromLatentT, width: latent, onto: 'nothing', dx: dz });
  addGradient(run, layout.toLatent, { rows, x: last, xRow: input.columns, dy: dz });
  addBias(run, layout.latentBias, { rows, dy: dz });
  goBack(run, { rows, dy: dz, depth: latent, turned: toLatentT, width: hidden, onto: 'nothing', dx: dh });
}

function backEncoder(run: AutoencoderRun, rows: number): void {
  const { kernels, shape, layout, places } = run;
  const { steps, hidden: width } = shape;
  const { input, gates: track, state, squashed, dh: dx, dc, encoderT: turned } = places;
  const depth = 4 * width;
  kernels.memory.fill(0, dc, dc + rows * width);
  for (let t = steps - 1; t >= 0; t--) {
    const gates = at(track, t);
    const dy = at(track, t + 1);
    if (t < steps - 1) goBack(run, { rows, dy, depth, turned, width, onto: 'nothing', dx });
    const before = at(state, t);
    kernels.cellBack({ rows, hidden: width, gates, before, squashed: at(squashed, t), dh: dx, dc });
    addGradient(run, layout.encoder, { rows, x: at(input, t), xRow: input.columns, dy: gates });
    addBias(run, layout.encoderBias, { rows, dy: gates });
  }
}

/**
 * Back-propagation through time (Werbos 1990) after `forward` over the same rows, made for the mode `train`: reads the
 * gradient of the loss in the place of the outputs and writes that of the weights. The gates are used up.
 */
export function backward(run: AutoencoderRun, rows: number): void {
  begin(run, rows);
  backDecoder(run, rows);
  backLatent(run, rows);
  backEncoder(run, rows);
}
