/** How many standard deviations beyond chance groups must differ before they are told apart. */
const beyondChance = 5;

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);

/** The mean of a group, and the share of its distance from what all have in common that is kept, 0 to 1. */
export interface OwnMean {
  readonly mean: number;
  readonly share: number;
}

/**
 * How far each group goes its own way, with `deviation` the standard deviation of one value. The variance between groups is that of the
 * method of moments,
 *   tau^2 = (Q - (J - 1)) / (sum w - sum w^2 / sum w),  w = n / deviation^2,  Q = sum w (mean - weighted mean)^2
 * (R. DerSimonian, N. Laird, "Meta-analysis in clinical trials", Controlled Clinical Trials 7, 1986, section 2), and the share kept is that of
 * empirical Bayes, tau^2 / (tau^2 + 1 / w) (B. Efron, C. Morris, "Data analysis using Stein's estimator and its generalizations", JASA 70,
 * 1975, section 2). All are 0 where Q, of mean J - 1 and variance 2 (J - 1) by
 * chance, is within five standard deviations of that: tails are heavier than normal, and one wild value makes no group.
 */
export function ownMeans(groups: readonly (readonly number[])[], deviation: number): readonly OwnMean[] {
  const means = groups.map(group => sumOf(group) / group.length);
  const freedom = groups.length - 1;
  const alike = means.map(mean => ({ mean, share: 0 }));
  const chance = freedom + beyondChance * Math.sqrt(2 * freedom);
  if (freedom < 1 || !(deviation > 0)) return alike;
  const w = groups.map(({ length }) => length / deviation ** 2);
  const sum = sumOf(w);
  const centre = sumOf(means.map((mean, j) => w[j]! * mean)) / sum;
  const q = sumOf(means.map((mean, j) => w[j]! * (mean - centre) ** 2));
  if (q < chance) return alike;
  const between = (q - freedom) / (sum - sumOf(w.map(each => each * each)) / sum);
  return means.map((mean, j) => ({ mean, share: between / (between + 1 / w[j]!) }));
}
