/** How a unit is said: values are given in it, `steps` are its larger and smaller names with their size in it. */
interface Scale {
  readonly steps: readonly (readonly [size: number, suffix: string])[];
  /** False where values below zero have no meaning: a band that reaches there does so by rounding. */
  readonly signed: boolean;
}

const plain: Scale = { signed: true, steps: [[1, '']] };
const large = (suffix: string, signed = false): Scale => ({
  signed,
  steps: [
    [1e12, ` T${suffix}`],
    [1e9, ` G${suffix}`],
    [1e6, ` M${suffix}`],
    [1e3, ` k${suffix}`],
    [1, ` ${suffix}`],
  ],
});
const counted = (suffix: string): Scale => ({ signed: false, steps: [[1, ` ${suffix}`]] });

/** By the names that Grafana has for units, as packs use them. */
const scales: Readonly<Record<string, Scale>> = {
  percentunit: { signed: false, steps: [[0.01, ' %']] },
  percent: { signed: false, steps: [[1, ' %']] },
  s: {
    signed: false,
    steps: [
      [86_400, ' d'],
      [3600, ' h'],
      [60, ' min'],
      [1, ' s'],
      [1e-3, ' ms'],
      [1e-6, ' µs'],
    ],
  },
  ms: {
    signed: false,
    steps: [
      [1000, ' s'],
      [1, ' ms'],
      [1e-3, ' µs'],
    ],
  },
  bytes: large('B'),
  decbytes: large('B'),
  Bps: large('B/s'),
  binBps: large('B/s'),
  bps: large('bit/s'),
  reqps: counted('req/s'),
  ops: counted('/s'),
  cps: counted('/s'),
  pps: counted('packets/s'),
  rps: counted('/s'),
};

/** What a band may reach by rounding alone, against the size of what it is compared with. */
const noise = 1e-6;

function digits(value: number): string {
  if (value === 0) return '0';
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  return size >= 1e15 || size < 1e-6 ? rounded.toExponential() : String(rounded);
}

/** The largest step that the value fills; seconds and milliseconds change at 1, minutes only at 2. */
function stepOf(value: number, { steps }: Scale): readonly [number, string] {
  const size = Math.abs(value);
  const fills = steps.find(([step, suffix]) => size >= (/ (min|h|d)$/.test(suffix) ? 2 * step : step));
  return fills ?? steps.at(-1)!;
}

/**
 * A value with its unit as an engineer would say it, three significant digits: `88.7 %` for .887 of `percentunit`,
 * `80 ms` for .08 of `s`. Units have the names that Grafana gives them; one that is not known is left out.
 */
export function sayValue(value: number, unit = ''): string {
  if (Number.isNaN(value)) return 'no sample';
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : 'minus infinite';
  if (unit === 'bool') return value === 0 ? 'no' : value === 1 ? 'yes' : digits(value);
  const scale = scales[unit] ?? plain;
  if (Math.abs(value) < 1e-9) return `0${zeroSuffix(scale)}`;
  const [size, suffix] = stepOf(value, scale);
  return `${digits(value / size)}${suffix}`;
}

/** Nothing is nothing in every size of a unit; a per cent sign, a second, a byte are said all the same. */
function zeroSuffix({ steps }: Scale): string {
  return (steps.find(([size]) => size === 1) ?? steps[0]!)[1];
}

/** The ends of a band without what is there by rounding only: against `seen`, and below zero where nothing can be. */
export function settled(
  band: { readonly low: number; readonly high: number },
  seen: number,
  unit = '',
): { readonly low: number; readonly high: number } {
  const size = Math.max(Math.abs(band.low), Math.abs(band.high), Number.isFinite(seen) ? Math.abs(seen) : 0);
  const clean = (value: number) => (Math.abs(value) < Math.max(1e-9, noise * size) ? 0 : value);
  const floor = (scales[unit] ?? plain).signed ? Number.NEGATIVE_INFINITY : 0;
  return { low: Math.max(floor, clean(band.low)), high: Math.max(floor, clean(band.high)) };
}

/** `0 to 80 ms`, or one value where both ends are said the same. `seen` is what is compared with it. */
export function sayRange(
  band: { readonly low: number; readonly high: number },
  seen = Number.NaN,
  unit = '',
): string {
  const { low, high } = settled(band, seen, unit);
  const [from, to] = [sayValue(low, unit), sayValue(high, unit)];
  if (from === to) return to;
  const suffix = /[^\d.]*$/.exec(to)?.[0] ?? '';
  const bare =
    low === 0 ? '0' : suffix !== '' && from.endsWith(suffix) ? from.slice(0, -suffix.length) : from;
  return `${bare} to ${to}`;
}

/** The odds that chance alone does it: `by chance 1 in 3.6 million`. */
export function sayOdds(p: number): string {
  if (!(p > 0)) return Number.isNaN(p) ? 'odds unknown' : 'by chance hardly ever';
  if (p >= 0.1) return `by chance ${digits(100 * p)} % of the time`;
  const one = 1 / p;
  if (one >= 1e12) return 'by chance hardly ever';
  const [size, word] = [
    [1e9, ' billion'],
    [1e6, ' million'],
    [1, ''],
  ].find(([step]) => one >= Number(step))!;
  const rounded = Number((one / Number(size)).toPrecision(2));
  return `by chance 1 in ${rounded.toLocaleString('en-US')}${word}`;
}
