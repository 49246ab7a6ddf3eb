import type { ProphetHistory, ProphetOptions, ProphetTimes } from './prophet-options.ts';

/** How times and values are made of the order of 1: t' = (t - start) / span, y' = (y - floor) / scale. */
export interface ProphetScale {
  /** ms. */
  readonly start: number;
  /** ms. */
  readonly span: number;
  readonly scale: number;
  /** Where 0 lies; NaN when each time brings a floor of its own. */
  readonly floor: number;
  /** The cap of times that bring none; NaN is none. */
  readonly cap: number;
}

function pick(column: Float64Array | undefined, rows: readonly number[]): Float64Array | undefined {
  return column === undefined ? undefined : Float64Array.from(rows, i => column[i]!);
}

/** The rows that can be learned of, ascending in time: finite value, regressors, cap and floor. */
export function usableRows(history: ProphetHistory): ProphetHistory {
  const { t, y, regressors = {}, conditions = {}, cap, floor } = history;
  const numbers = [t, y, ...Object.values(regressors), ...(cap ? [cap] : []), ...(floor ? [floor] : [])];
  const rows = Array.from(t.keys())
    .filter(i => numbers.every(column => Number.isFinite(column[i])))
    .sort((a, b) => t[a]! - t[b]!);
  const only = <T>(columns: Readonly<Record<string, T>>, of: (column: T) => Float64Array) =>
    Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, of(column)]));
  const [ownCap, ownFloor] = [pick(cap, rows), pick(floor, rows)];
  return {
    t: pick(t, rows)!,
    y: pick(y, rows)!,
    regressors: only(regressors, column => pick(column, rows)!),
    conditions: only(conditions, column => Float64Array.from(rows, i => column[i] ?? 0)),
    ...(ownCap && { cap: ownCap }),
    ...(ownFloor && { floor: ownFloor }),
  };
}

function lowest(values: ArrayLike<number>): number {
  let low = Number.POSITIVE_INFINITY;
  for (let i = 0; i < values.length; i++) low = Math.min(low, values[i]!);
  return low;
}

function highest(values: ArrayLike<number>): number {
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) high = Math.max(high, values[i]!);
  return high;
}

/** The scale of usable rows (at least two times that differ). */
export function scaleOf(history: ProphetHistory, options: ProphetOptions): ProphetScale {
  const { t, y } = history;
  const logistic = options.growth === 'logistic';
  const own = logistic && history.floor !== undefined;
  const constant = logistic ? options.floor : undefined;
  const cap = history.cap === undefined ? (options.cap ?? Number.NaN) : Number.NaN;
  const minmax = options.scaling === 'minmax';
  const floor = own ? Number.NaN : (constant ?? (minmax ? lowest(y) : 0));
  const above = y.map((v, i) => (own ? v - history.floor![i]! : v - floor));
  const range = () => {
    if (!logistic || (!own && constant === undefined)) return highest(y) - lowest(y);
    return highest(history.cap ?? [cap]) - lowest(history.floor ?? [floor]);
  };
  const scale = minmax ? range() : highest(above.map(Math.abs));
  return { start: t[0]!, span: t.at(-1)! - t[0]!, scale: scale || 1, floor, cap };
}

/** Floor at each time; RangeError when the model has varying ones and these times bring none. */
export function floorsAt(scale: ProphetScale, at: ProphetTimes): Float64Array {
  if (!Number.isNaN(scale.floor)) return new Float64Array(at.t.length).fill(scale.floor);
  if (at.floor?.length !== at.t.length)
    throw new RangeError(
      `the floor varies: ${at.t.length} values are needed, got ${at.floor?.length ?? 'none'}`,
    );
  return at.floor;
}

/** Scaled caps at each time; RangeError when there is no cap or it is not above its floor. */
export function capsAt(scale: ProphetScale, at: ProphetTimes): Float64Array {
  const floor = floorsAt(scale, at);
  const cap = at.cap ?? new Float64Array(at.t.length).fill(scale.cap);
  if (cap.length !== at.t.length)
    throw new RangeError(`the cap varies: ${at.t.length} values are needed, got ${cap.length}`);
  const caps = cap.map((c, i) => (c - floor[i]!) / scale.scale);
  const bad = caps.findIndex(c => !(c > 0));
  if (bad >= 0)
    throw new RangeError(
      `logistic growth needs a cap above its floor ${floor[bad]}, got ${cap[bad]}; set \`cap\``,
    );
  return caps;
}
