import type { CellBack, CellStep, Cleaning, LstmKernels, Product, RowSum } from './lstm-kernels.ts';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

function multiply(memory: Float64Array, product: Product): void {
  const { rows, width, depth, a, aRow, aStep, b, s, sRow, c } = product;
  const row = new Float64Array(width);
  for (let i = 0; i < rows; i++) {
    row.set(memory.subarray(s + i * sRow, s + i * sRow + width));
    for (let k = 0; k < depth; k++) {
      const factor = memory[a + i * aRow + k * aStep]!;
      for (let j = 0; j < width; j++) row[j] = row[j]! + factor * memory[b + k * width + j]!;
    }
    memory.set(row, c + i * width);
  }
}

function cell(memory: Float64Array, step: CellStep): void {
  const { rows, hidden, gates, before, after, squashed, h, hRow } = step;
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < hidden; j++) {
      const g = gates + 4 * row * hidden + j;
      const at = row * hidden + j;
      const i = sigmoid(memory[g]!);
      const f = sigmoid(memory[g + hidden]!);
      const u = Math.tanh(memory[g + 2 * hidden]!);
      const o = sigmoid(memory[g + 3 * hidden]!);
      const c = f * memory[before + at]! + i * u;
      [memory[g], memory[g + hidden], memory[g + 2 * hidden], memory[g + 3 * hidden]] = [i, f, u, o];
      memory[after + at] = c;
      memory[squashed + at] = Math.tanh(c);
      memory[h + row * hRow + j] = o * Math.tanh(c);
    }
}

function cellBack(memory: Float64Array, step: CellBack): void {
  const { rows, hidden, gates, before, squashed, dh, dc } = step;
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < hidden; j++) {
      const g = gates + 4 * row * hidden + j;
      const at = row * hidden + j;
      const i = memory[g]!;
      const f = memory[g + hidden]!;
      const u = memory[g + 2 * hidden]!;
      const o = memory[g + 3 * hidden]!;
      const t = memory[squashed + at]!;
      const d = memory[dh + at]!;
      const dState = memory[dc + at]! + d * o * (1 - t * t);
      memory[g] = dState * u * i * (1 - i);
      memory[g + hidden] = dState * memory[before + at]! * f * (1 - f);
      memory[g + 2 * hidden] = dState * i * (1 - u * u);
      memory[g + 3 * hidden] = d * t * o * (1 - o);
      memory[dc + at] = dState * f;
    }
}

function addRows(memory: Float64Array, { rows, width, from, to }: RowSum): void {
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < width; j++) memory[to + j] = memory[to + j]! + memory[from + row * width + j]!;
}

function clean(memory: Float64Array, { rows, width, stride, at, limit }: Cleaning): void {
  for (let row = 0; row < rows; row++)
    for (let i = at + row * stride; i < at + row * stride + width; i++) {
      const value = memory[i]!;
      memory[i] = Number.isNaN(value) ? 0 : Math.max(-limit, Math.min(limit, value));
    }
}

/** The kernels in plain TypeScript and float64: what those in WebAssembly have to come near to. */
export function plainLstmKernels(): LstmKernels {
  let memory = new Float64Array(0);
  let holder: object | undefined;
  return {
    get memory() {
      return memory;
    },
    claim(next, length) {
      const kept = holder === next && memory.length >= length;
      holder = next;
      if (memory.length < length) memory = new Float64Array(length);
      return kept;
    },
    multiply: product => multiply(memory, product),
    cell: step => cell(memory, step),
    cellBack: step => cellBack(memory, step),
    addRows: sum => addRows(memory, sum),
    clean: rows => clean(memory, rows),
  };
}
