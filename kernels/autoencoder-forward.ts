import { type AutoencoderRun, at } from './autoencoder-run.ts';
import { paddedWidth, type WeightBlock } from './autoencoder-weights.ts';

/** Where a layer finds its rows and puts them: y = s + x W; x has the stride `xRow`, s that of y or, a bias, 0. */
interface Flow {
  readonly rows: number;
  readonly x: number;
  readonly xRow: number;
  readonly s: number;
  readonly sRow: number;
  readonly y: number;
}

// Objects are written out here, not spread: this runs some hundred times a batch, and for one row it is most of the cost.
function apply({ kernels, places }: AutoencoderRun, weight: WeightBlock, flow: Flow): void {
  kernels.multiply({
    rows: flow.rows,
    width: weight.columns,
    depth: weight.rows,
    a: flow.x,
    aRow: flow.xRow,
    aStep: 1,
    b: places.weights + weight.place,
    s: flow.s,
    sRow: flow.sRow,
    c: flow.y,
  });
}

/** Both cells begin with state and hidden units at 0: the first step has nothing to multiply them by. */
function begin({ kernels, shape, places }: AutoencoderRun, rows: number): void {
  const { memory } = kernels;
  const { input, state, decoderState, decoderHidden } = places;
  const size = rows * shape.hidden;
  for (const { place } of [state, decoderState, decoderHidden]) memory.fill(0, place, place + size);
  for (let row = 0; row < rows; row++) {
    const end = input.place + (row + 1) * input.columns;
    memory.fill(0, end - shape.hidden, end);
  }
}

function encode(run: AutoencoderRun, rows: number): void {
  const { kernels, shape, layout, places } = run;
  const { steps, hidden, latent } = shape;
  const { input, gates, state, squashed, z, fromZ } = places;
  const columns = paddedWidth(shape);
  const xRow = input.columns;
  const s = places.weights + layout.encoderBias.place;
  const first = { ...layout.encoder, rows: columns };
  for (let t = 0; t < steps; t++) {
    const weight = t === 0 ? first : layout.encoder;
    apply(run, weight, { rows, x: at(input, t), xRow, s, sRow: 0, y: at(gates, t) });
    kernels.cell({
      rows,
      hidden,
      gates: at(gates, t),
      before: at(state, t),
      after: at(state, t + 1),
      squashed: at(squashed, t),
      h: at(input, t + 1) + columns,
      hRow: xRow,
    });
  }
  const latentBias = places.weights + layout.latentBias.place;
  const decoderBias = places.weights + layout.decoderBias.place;
  const last = at(input, steps) + columns;
  apply(run, layout.toLatent, { rows, x: last, xRow, s: latentBias, sRow: 0, y: z });
  apply(run, layout.fromLatent, { rows, x: z, xRow: latent, s: decoderBias, sRow: 0, y: fromZ });
}

function decode(run: AutoencoderRun, rows: number): void {
  const { kernels, shape, layout, places } = run;
  const { steps, hidden } = shape;
  const { fromZ, decoderGates, decoderState, decoderSquashed, decoderHidden, output } = places;
  const xRow = hidden;
  const s = places.weights + layout.outBias.place;
  const first = { ...layout.decoder, rows: 0 };
  for (let t = 0; t < steps; t++) {
    const gates = at(decoderGates, t);
    const x = at(decoderHidden, t);
    apply(run, t === 0 ? first : layout.decoder, { rows, x, xRow, s: fromZ, sRow: 4 * hidden, y: gates });
    kernels.cell({
      rows,
      hidden,
      gates,
      before: at(decoderState, t),
      after: at(decoderState, t + 1),
      squashed: at(decoderSquashed, t),
      h: at(decoderHidden, t + 1),
      hRow: hidden,
    });
    apply(run, layout.out, { rows, x: at(decoderHidden, t + 1), xRow, s, sRow: 0, y: at(output, t) });
  }
}

/** Reads the inputs of the first `rows` rows and writes their outputs. */
export function forward(run: AutoencoderRun, rows: number): void {
  begin(run, rows);
  encode(run, rows);
  decode(run, rows);
}
