import { loadKernel } from './instance.ts';
import { wasm } from './lstm.wasm.ts';

/** A memory of numbers: float32 in WebAssembly, float64 in the twin. */
export type Numbers = Float32Array | Float64Array;

/** C = S + A B: `rows` x `width` over `depth` products; places and strides count numbers. */
export interface Product {
  readonly rows: number;
  /** A multiple of 8. */
  readonly width: number;
  readonly depth: number;
  readonly a: number;
  readonly aRow: number;
  /** Distance of two factors of one row of A: 1, or the length of a row of what A is the transpose of. */
  readonly aStep: number;
  readonly b: number;
  readonly s: number;
  /** 0: the one row at S stands under each row of C. */
  readonly sRow: number;
  readonly c: number;
}

/** A step of an LSTM cell (Hochreiter, Schmidhuber 1997; Gers et al. 2000): places of its gates and states. */
export interface CellStep {
  readonly rows: number;
  /** A multiple of 8. */
  readonly hidden: number;
  /** Four gates a row: input, forget, candidate, output; before their functions, and after. */
  readonly gates: number;
  /** The state before the step, and after; both may be one place. */
  readonly before: number;
  readonly after: number;
  /** Where tanh of the state after goes. */
  readonly squashed: number;
  readonly h: number;
  readonly hRow: number;
}

/** The way back through a step: gates become their gradients, `dc` that of the state before. */
export interface CellBack {
  readonly rows: number;
  readonly hidden: number;
  readonly gates: number;
  readonly before: number;
  readonly squashed: number;
  readonly dh: number;
  readonly dc: number;
}

/** Adds `rows` rows of `width` numbers (a multiple of 4) at `from` to the one at `to`. */
export interface RowSum {
  readonly rows: number;
  readonly width: number;
  readonly from: number;
  readonly to: number;
}

/** Puts `rows` rows of `width` numbers (a multiple of 4), `stride` apart, within +-limit, and 0 where a number is NaN. */
export interface Cleaning {
  readonly rows: number;
  readonly width: number;
  readonly stride: number;
  readonly at: number;
  readonly limit: number;
}

/** Matrix and cell operations over one flat memory; a place is an index into it. Made once, claimed by who works with it. */
export interface LstmKernels {
  /** Another array after a `claim`. */
  readonly memory: Numbers;
  /** Makes `length` numbers usable; answers whether they still hold what the same holder left in them. */
  claim(holder: object, length: number): boolean;
  multiply(product: Product): void;
  cell(step: CellStep): void;
  cellBack(step: CellBack): void;
  addRows(sum: RowSum): void;
  clean(rows: Cleaning): void;
}

function makeKernels(): LstmKernels {
  const kernel = loadKernel(wasm);
  const origin = kernel.call('origin')();
  const multiply = kernel.call('multiply');
  const cell = kernel.call('cell');
  const cellBack = kernel.call('cellBack');
  const addRows = kernel.call('addRows');
  const clean = kernel.call('clean');
  const at = (place: number) => origin + 4 * place;
  let memory = new Float32Array(kernel.memory.buffer, origin);
  let holder: object | undefined;
  return {
    get memory() {
      return memory;
    },
    claim(next, length) {
      const kept = holder === next;
      holder = next;
      if (kernel.reserve(at(length))) memory = new Float32Array(kernel.memory.buffer, origin);
      return kept;
    },
    multiply: ({ rows, width, depth, a, aRow, aStep, b, s, sRow, c }) =>
      void multiply(rows, width, depth, at(a), 4 * aRow, 4 * aStep, at(b), at(s), 4 * sRow, at(c)),
    cell: ({ rows, hidden, gates, before, after, squashed, h, hRow }) =>
      void cell(rows, hidden, at(gates), at(before), at(after), at(squashed), at(h), 4 * hRow),
    cellBack: ({ rows, hidden, gates, before, squashed, dh, dc }) =>
      void cellBack(rows, hidden, at(gates), at(before), at(squashed), at(dh), at(dc)),
    addRows: ({ rows, width, from, to }) => void addRows(rows, width, at(from), at(to)),
    clean: ({ rows, width, stride, at: place, limit }) =>
      void clean(rows, width, 4 * stride, at(place), limit),
  };
}

let shared: LstmKernels | undefined;

/** The kernels in WebAssembly, float32; one memory for the thread. */
export function lstmKernels(): LstmKernels {
  shared ??= makeKernels();
  return shared;
}
