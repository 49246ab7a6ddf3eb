import { createRandom } from '../core/random.ts';

/** Standard normal numbers from uniform ones (Box, Muller 1958). */
export function normalFrom(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

type Draw = ReturnType<typeof drawing>;

function drawing(seed: number) {
  const uniform = createRandom(seed);
  const normal = normalFrom(uniform);
  return {
    uniform,
    normal,
    /** Even on a logarithmic scale. */
    size: (low: number, high: number) => low * (high / low) ** uniform(),
    chance: (p: number) => uniform() < p,
  };
}

/** A level that wanders, jumps, jumps and comes back, or climbs. */
function levels(n: number, draw: Draw): Float64Array {
  const wander = draw.chance(0.6) ? draw.size(0.003, 0.2) : 0;
  const jumps = draw.chance(0.5) ? draw.size(0.003, 0.05) : 0;
  const jump = draw.size(0.1, 2);
  const returns = draw.chance(0.5) ? draw.size(0.03, 0.3) : 0;
  const slope = draw.chance(0.3) ? (draw.normal() * draw.size(0.1, 2)) / n : 0;
  const pull = draw.chance(0.4) ? draw.size(0.02, 0.3) : 0;
  const upheaval = draw.chance(0.15) ? Math.floor(draw.uniform() * n) : n;
  let level = draw.normal() * wander;
  let excursion = 0;
  return Float64Array.from({ length: n }, (_, i) => {
    if (i === upheaval) level += draw.normal() * draw.size(0.3, 3);
    level += wander * draw.normal() - pull * level;
    if (draw.chance(jumps)) {
      const by = jump * draw.normal();
      if (returns > 0) excursion += by;
      else level += by;
    }
    if (returns > 0 && draw.chance(returns)) excursion = 0;
    return level + excursion + slope * i;
  });
}

/** What repeats each week, a little different each time. */
function weeks(n: number, draw: Draw): Float64Array {
  const amplitude = draw.chance(0.55) ? draw.size(0.02, 0.6) : 0;
  const loose = draw.uniform() * 0.5;
  const shape = Float64Array.from({ length: 7 }, () => draw.normal());
  if (draw.chance(0.6)) shape.set([1, 1, 1, 1, 1, -2, -2]);
  const start = Math.floor(7 * draw.uniform());
  return Float64Array.from(
    { length: n },
    (_, i) => amplitude * shape[(i + start) % 7]! * (1 + loose * draw.normal()),
  );
}

/** Noise that remembers, of normal or heavy tails, and bursts above all. */
function noises(n: number, draw: Draw): Float64Array {
  const sd = draw.size(0.002, 0.5);
  const memory = draw.chance(0.5) ? draw.uniform() * 0.9 : 0;
  const heavy = draw.chance(0.4);
  const bursts = draw.chance(0.4) ? draw.size(0.01, 0.15) : 0;
  const burst = draw.size(0.2, 3);
  let x = 0;
  return Float64Array.from({ length: n }, () => {
    const tail = heavy ? 1 / Math.sqrt(Math.max(0.05, draw.uniform())) : 1;
    x = memory * x + sd * Math.sqrt(1 - memory * memory) * tail * draw.normal();
    return x + (draw.chance(bursts) ? -burst * Math.log(1 - draw.uniform()) : 0);
  });
}

/** Fills up and is cleaned, again and again. */
function teeth(n: number, draw: Draw): Float64Array {
  if (!draw.chance(0.12)) return new Float64Array(n);
  const rise = draw.size(0.01, 0.15);
  const full = rise * draw.size(4, 25);
  const sloppy = draw.uniform() * 0.3;
  let fill = draw.uniform() * full;
  return Float64Array.from({ length: n }, () => {
    fill += rise * (1 + 0.3 * draw.normal());
    if (fill > full * (1 + sloppy * draw.normal())) fill = sloppy * draw.uniform() * full;
    return fill;
  });
}

/**
 * A daily series as operations know them: level, week, noise, bursts, saw-teeth, added up or multiplied, in any unit.
 * The same seed gives the same series.
 */
export function simulatedSeries(seed: number, n: number): Float64Array {
  const draw = drawing(seed);
  for (let k = 0; k < 5; k++) draw.uniform();
  const parts = [levels(n, draw), weeks(n, draw), noises(n, draw), teeth(n, draw)];
  const unit = draw.size(0.1, 1e6);
  const multiplied = draw.chance(0.5);
  const base = draw.size(0.3, 5);
  return Float64Array.from({ length: n }, (_, i) => {
    const sum = parts.reduce((total, part) => total + part[i]!, 0);
    return unit * (multiplied ? Math.exp(Math.max(-8, Math.min(8, sum))) : Math.max(0, base + sum));
  });
}
