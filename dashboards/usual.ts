import type { Ask } from './series-panel.ts';
import type { Asked } from './sources.ts';

/**
 * What 98 of 100 samples of the hour before `at` (ms) were, of all series of the query together: a subquery at a fixed
 * time, so that the band stays where it was while the reader moves through time.
 */
export function usualRange({ expr, of }: { readonly expr: string; readonly of: Asked }, at: number): Ask[] {
  const before = `(${expr})[1h:1m] @ ${Math.floor(at / 1000)}`;
  const low = 'usual before, low';
  return [
    { of, expr: `min(quantile_over_time(0.01, ${before}))`, legend: low, look: 'low' },
    {
      of,
      expr: `max(quantile_over_time(0.99, ${before}))`,
      legend: 'usual before',
      look: { bandAbove: low, colour: 'green' },
    },
  ];
}
