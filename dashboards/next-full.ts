import type { StatSpec } from './stat-panel.ts';

/** Days until something is full below which somebody has to act at once, and below which it is not normal. */
export const fillLimits = { urgent: 7, normal: 30 } as const;

/** In how many days the first of the resources is full. `matchers` choose among them, as written between braces. */
export function nextFull(matchers: string): StatSpec {
  const chosen = [matchers, 'bound="median"'].filter(each => each !== '').join(',');
  return {
    title: 'Days until the next resource is full',
    about: `Median date of the resource that is full first; below 0 it is full already. Normal: above ${fillLimits.normal}. The table below names it.`,
    unit: 'd',
    expr: `min(foreshock_capacity_days_until_full{${chosen}})`,
    of: 'foreshock',
    steps: [
      { from: null, colour: 'red' },
      { from: fillLimits.urgent, colour: 'orange' },
      { from: fillLimits.normal, colour: 'green' },
    ],
    none: 'nothing fills',
  };
}
