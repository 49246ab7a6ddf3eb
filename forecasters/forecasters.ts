import { z } from 'zod';
import type { ForecasterComponent } from '../core/forecaster.ts';
import { drift } from './drift.ts';
import { Ensemble } from './ensemble.ts';
import { members } from './members.ts';
import type { PathMethod } from './path-method.ts';
import { prophet } from './prophet.ts';

/** What every forecaster that is tried at earlier times is told. */
export const ensembleOptions = z.strictObject({
  horizon: z
    .number()
    .positive()
    .default(30 * 86_400_000)
    .describe('How far ahead it is to look (ms): its intervals are learned that far.'),
  folds: z.int().min(2).max(100).default(15).describe('Earlier times that it is tried at.'),
  own: z
    .number()
    .min(0)
    .max(1)
    .default(0.4)
    .describe('How much of an interval is learned from the series, the rest from simulated ones.'),
});

function declare(
  name: string,
  summary: string,
  methods: readonly PathMethod[],
): ForecasterComponent<typeof ensembleOptions> {
  return { name, summary, options: ensembleOptions, create: options => new Ensemble(methods, options) };
}

/** All of them together. */
export const ensemble = declare(
  'ensemble',
  'All methods at once, each with a say by its errors at earlier times of the series.',
  members,
);

/** All forecasters. One more method is one new file and one entry in `members.ts`; a test runs over this list. */
export const forecasters: readonly ForecasterComponent[] = [
  ensemble,
  prophet,
  ...[...members.filter(({ name }) => name !== prophet.name), drift].map(({ name, summary, ...method }) =>
    declare(name, summary, [{ name, summary, ...method }]),
  ),
];
