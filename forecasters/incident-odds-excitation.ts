/**
 * A self-exciting rate: the number of incidents ahead is expected to be N = sum of rate_k x part_k, one part what is usual in
 * these hours of the week, the others what past incidents leave behind, fading exponentially (Hawkes 1971); at least one
 * comes with 1 - exp(-N).
 */
export interface Excitation {
  readonly rates: readonly number[];
}

const rounds = 150;
const least = 1e-9;

/**
 * Fits rates >= 0 to whether there was at least one, by expectation and maximisation: given one came, E(number) = N / (1 -
 * exp(-N)), shared among the parts by their rates (Veen and Schoenberg 2008, section 3, with the count censored at one).
 */
export function fitExcitation(
  parts: readonly Float64Array[],
  { y, weight }: { readonly y: Float64Array; readonly weight: Float64Array },
): Excitation {
  const totals = parts.map(part => part.reduce((sum, value, i) => sum + weight[i]! * value, least));
  let rates = Array.from(parts, (_, k): number => (k === 0 ? 1 : 0.05));
  for (let round = 0; round < rounds; round++) {
    const caused = rates.map(() => 0);
    for (let i = 0; i < y.length; i++) {
      if (y[i] === 0) continue;
      let n = least;
      for (let k = 0; k < parts.length; k++) n += rates[k]! * parts[k]![i]!;
      const share = (weight[i]! * y[i]!) / -Math.expm1(-n);
      for (let k = 0; k < parts.length; k++) caused[k] = caused[k]! + share * rates[k]! * parts[k]![i]!;
    }
    rates = caused.map((sum, k) => sum / totals[k]!);
  }
  return { rates };
}

/** The log odds of at least one. */
export function excitationOdds({ rates }: Excitation, parts: ArrayLike<number>): number {
  let n = least;
  for (let k = 0; k < rates.length; k++) n += rates[k]! * parts[k]!;
  return Math.log(Math.expm1(Math.min(n, 30)));
}
