import { sayValue } from '../core/say-value.ts';

const sizes = [
  [1e12, ' T'],
  [1e9, ' G'],
  [1e6, ' M'],
  [1e4, ' k'],
] as const;

/** A value with its unit; large numbers without one are said in thousands. */
export function sayIn(unit: string): (value: number) => string {
  if (unit === 'd') return value => (Number.isFinite(value) ? `${sayValue(value)} d` : sayValue(value));
  if (unit !== 'short') return value => sayValue(value, unit);
  return value => {
    const [size, suffix] = sizes.find(([least]) => Math.abs(value) >= least) ?? [1, ''];
    const by = size === 1e4 ? 1e3 : size;
    return `${sayValue(value / by)}${Number.isFinite(value) ? suffix : ''}`;
  };
}
