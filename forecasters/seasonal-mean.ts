import type { PathMethod } from './path-method.ts';

const seasons = 4;

/** y(n + h) = mean of the values of the same phase over the last four seasons, or as many as there are. */
export const seasonalMean: PathMethod = {
  name: 'seasonal-mean',
  summary: 'The mean of the last four seasons, phase by phase.',
  path({ y, season }, steps) {
    const count = Math.min(seasons, Math.floor(y.length / season));
    if (season < 2 || count < 2) return undefined;
    const mean = new Float64Array(season);
    for (let phase = 0; phase < season; phase++)
      for (let k = 1; k <= count; k++) mean[phase]! += y[y.length - k * season + phase]! / count;
    return Float64Array.from({ length: steps }, (_, h) => mean[h % season]!);
  },
};
