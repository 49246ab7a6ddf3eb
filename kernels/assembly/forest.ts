// The walk of kernels/forest.ts. Addresses and strides are bytes.
//
// A node is 16 bytes: threshold (f64), offset of its feature within a block of rows (u32). A block holds eight rows, its
// values feature by feature, so that one pointer serves all eight walks and each lane is a constant offset. With n the
// address of a node of a tree at `base`, its children lie at 2 n + 16 - base and 16 further. The lane has to be a constant
// offset of the load, which a parameter is not: the eight lines of a level are written out.

// @ts-ignore: decorator
@inline
function add(out: usize, paths: usize, node: usize): void {
  store<f64>(out, load<f64>(out) + load<f64>(paths + (node >> 1)));
}

/** Adds each row's path lengths over all trees to `out`. `blocks` of eight rows stand at `x`, `blockBytes` apart. */
export function walk(
  blocks: i32,
  blockBytes: usize,
  trees: i32,
  depth: i32,
  nodes: usize,
  paths: usize,
  x: usize,
  out: usize,
): void {
  const treeBytes = ((<usize>1 << depth) - 1) << 4;
  for (let tree = 0; tree < trees; tree++) {
    const base = nodes + <usize>tree * treeBytes;
    const next = 16 - base;
    const leaves = paths + (<usize>tree << (depth + 3)) - (treeBytes >> 1);
    let p = x;
    let o = out;
    for (let block = 0; block < blocks; block++) {
      let a = base, b = base, c = base, d = base, e = base, f = base, g = base, h = base;
      for (let level = 0; level < depth; level++) {
        a = 2 * a + next + (<usize>(load<f64>(p + <usize>load<u32>(a, 8)) >= load<f64>(a)) << 4);
        b = 2 * b + next + (<usize>(load<f64>(p + <usize>load<u32>(b, 8), 8) >= load<f64>(b)) << 4);
        c = 2 * c + next + (<usize>(load<f64>(p + <usize>load<u32>(c, 8), 16) >= load<f64>(c)) << 4);
        d = 2 * d + next + (<usize>(load<f64>(p + <usize>load<u32>(d, 8), 24) >= load<f64>(d)) << 4);
        e = 2 * e + next + (<usize>(load<f64>(p + <usize>load<u32>(e, 8), 32) >= load<f64>(e)) << 4);
        f = 2 * f + next + (<usize>(load<f64>(p + <usize>load<u32>(f, 8), 40) >= load<f64>(f)) << 4);
        g = 2 * g + next + (<usize>(load<f64>(p + <usize>load<u32>(g, 8), 48) >= load<f64>(g)) << 4);
        h = 2 * h + next + (<usize>(load<f64>(p + <usize>load<u32>(h, 8), 56) >= load<f64>(h)) << 4);
      }
      add(o, leaves, a - base);
      add(o + 8, leaves, b - base);
      add(o + 16, leaves, c - base);
      add(o + 24, leaves, d - base);
      add(o + 32, leaves, e - base);
      add(o + 40, leaves, f - base);
      add(o + 48, leaves, g - base);
      add(o + 56, leaves, h - base);
      p += blockBytes;
      o += 64;
    }
  }
}
