/** A rising line through points: `x` ascending, `y` not falling. */
export interface Isotonic {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

interface Block {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

const joined = (a: Block, b: Block): Block => {
  const weight = a.weight + b.weight;
  return {
    x: (a.x * a.weight + b.x * b.weight) / weight,
    y: (a.y * a.weight + b.y * b.weight) / weight,
    weight,
  };
};

/** The rising step function nearest to the points, its steps at their centres (pool adjacent violators, Barlow et al. 1972). */
export function fitIsotonic(x: Float64Array, y: Float64Array, weight: Float64Array): Isotonic {
  const order = Array.from(x, (_, i) => i).sort((a, b) => x[a]! - x[b]!);
  const blocks: Block[] = [];
  for (const i of order) {
    let block: Block = { x: x[i]!, y: y[i]!, weight: weight[i]! };
    while (blocks.length > 0 && (blocks.at(-1)!.y >= block.y || blocks.at(-1)!.x === block.x))
      block = joined(blocks.pop()!, block);
    blocks.push(block);
  }
  return { x: blocks.map(each => each.x), y: blocks.map(each => each.y) };
}

/** The line at `at`, level beyond its ends. */
export function isotonicAt({ x, y }: Isotonic, at: number): number {
  let low = 0;
  let high = x.length - 1;
  if (at <= x[low]!) return y[low]!;
  if (at >= x[high]!) return y[high]!;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle]! <= at) low = middle;
    else high = middle;
  }
  return y[low]! + ((at - x[low]!) / (x[high]! - x[low]!)) * (y[high]! - y[low]!);
}
