/** Hours of a week; number 0 is that of 1970-01-01T00:00Z, a Thursday, as in the models. */
export const hoursOfWeek = 168;

/**
 * A value for each hour of the week in a few numbers: `base + step * digit`. The digits of the hours stand one behind the
 * other in whole numbers of 48 bits, the first hour lowest, so that a double holds them exactly.
 */
export interface HourTable {
  readonly base: number;
  readonly step: number;
  /** Bits of a digit; 0 = `base` at all hours. */
  readonly bits: number;
  /** Hours after which it begins again: 24 or 168. */
  readonly period: number;
  /** One for every 48 / bits hours. */
  readonly numbers: readonly number[];
}

const numberBits = 48;
/** Shortest first. Each divides a day into whole numbers. */
const forms = [
  ...[0, 2, 4, 6, 8, 12].map(bits => ({ bits, period: 24 })),
  ...[2, 4, 6, 8, 12, 16, 24].map(bits => ({ bits, period: hoursOfWeek })),
];

/**
 * The shortest table in which no hour is off by more than `tolerance` of its value; the finest there is, which is off by
 * 3e-8 of the range, where none is. `values` has 168 finite ones.
 */
export function encodeHours(values: Float64Array, tolerance: (value: number) => number): HourTable {
  for (const form of forms) {
    const table = fitForm(values, form);
    if (values.every((value, h) => Math.abs(decodeHour(table, h) - value) <= tolerance(value))) return table;
  }
  return fitForm(values, forms.at(-1)!);
}

/** The value of the table at an hour of the week. */
export function decodeHour({ base, step, bits, period, numbers }: HourTable, hour: number): number {
  if (bits === 0) return base;
  const each = numberBits / bits;
  const h = hour % period;
  const digit = Math.floor(numbers[Math.floor(h / each)]! / 2 ** (bits * (h % each))) % 2 ** bits;
  return base + step * digit;
}

function fitForm(
  values: Float64Array,
  { bits, period }: { readonly bits: number; readonly period: number },
): HourTable {
  const wanted = Float64Array.from({ length: period }, (_, h) => middleOf(values, h, period));
  const low = wanted.reduce((a, b) => Math.min(a, b));
  const high = wanted.reduce((a, b) => Math.max(a, b));
  if (bits === 0) return { base: written((low + high) / 2), step: 0, bits, period, numbers: [] };
  const top = 2 ** bits - 1;
  const base = written(low);
  const step = written((high - base) / top);
  const each = numberBits / bits;
  const digit = (value: number) =>
    step > 0 ? Math.min(top, Math.max(0, Math.round((value - base) / step))) : 0;
  const numbers = Array.from({ length: period / each }, (_, n) =>
    wanted
      .subarray(n * each, (n + 1) * each)
      .reduce((sum, value, k) => sum + digit(value) * 2 ** (bits * k), 0),
  );
  return { base, step, bits, period, numbers };
}

/** Halfway between the extremes of the hours that share a place of the period. */
function middleOf(values: Float64Array, hour: number, period: number): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let h = hour; h < hoursOfWeek; h += period) {
    low = Math.min(low, values[h]!);
    high = Math.max(high, values[h]!);
  }
  return (low + high) / 2;
}

/** As many digits as a Float32 has. */
const written = (value: number): number => Number(value.toPrecision(8));

/** The table as PromQL over the time of the evaluation: one sample without labels. Its cost is in `numbers`, one term each. */
export function hoursExpr({ base, step, bits, period, numbers }: HourTable): string {
  if (bits === 0) return `vector(${base})`;
  const chunk = (numberBits / bits) * 3600;
  const terms = numbers.flatMap((number, n) => {
    const more = number - (numbers[n - 1] ?? 0);
    if (n === 0) return [String(number)];
    const sign = more < 0 ? '-' : '+';
    return more === 0 ? [] : [`${sign} ${Math.abs(more)} * (time() % ${period * 3600} >= bool ${n * chunk})`];
  });
  const shift = `${2 ** bits} ^ ((time() % ${chunk} - time() % 3600) / 3600)`;
  return `${base} + ${step} * (floor(vector((${terms.join(' ')}) / ${shift})) % ${2 ** bits})`;
}
