/** What an expression gives. */
export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix';

/** The arguments of a function and what it gives; `more` arguments of the last kind may follow or, where 1, the last may be left out. */
export interface Signature {
  readonly args: readonly ValueType[];
  /** 0: exactly these; 1: the last may be missing; Infinity: the last may be missing or repeated. */
  readonly variadic: number;
  readonly returns: ValueType;
}

const letters: Readonly<Record<string, ValueType>> = { s: 'scalar', t: 'string', v: 'vector', m: 'matrix' };

/** One letter an argument (scalar, text, vector, matrix), `?` or `*` behind the last. */
function signature(text: string, returns: ValueType = 'vector'): Signature {
  const variadic = text.endsWith('*') ? Number.POSITIVE_INFINITY : text.endsWith('?') ? 1 : 0;
  return { args: [...text.replace(/[?*]$/, '')].map(letter => letters[letter]!), variadic, returns };
}

function same(text: string, names: string): Record<string, Signature> {
  return Object.fromEntries(names.split(' ').map(name => [name, signature(text)]));
}

/** The functions that can be called, by name. */
export const signatures: Readonly<Record<string, Signature>> = {
  ...same(
    'v',
    'abs ceil floor exp sqrt ln log2 log10 sgn deg rad absent sort sort_desc timestamp ' +
      'sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh ' +
      'histogram_count histogram_sum histogram_avg histogram_stddev histogram_stdvar',
  ),
  ...same('v?', 'minute hour day_of_month day_of_week day_of_year days_in_month month year'),
  ...same(
    'm',
    'rate increase delta irate idelta deriv changes resets absent_over_time sum_over_time avg_over_time ' +
      'min_over_time max_over_time count_over_time present_over_time last_over_time first_over_time ' +
      'stddev_over_time stdvar_over_time mad_over_time',
  ),
  round: signature('vs?'),
  clamp: signature('vss'),
  clamp_min: signature('vs'),
  clamp_max: signature('vs'),
  quantile_over_time: signature('sm'),
  predict_linear: signature('ms'),
  double_exponential_smoothing: signature('mss'),
  histogram_quantile: signature('sv'),
  histogram_fraction: signature('ssv'),
  label_replace: signature('vtttt'),
  label_join: signature('vttt*'),
  time: signature('', 'scalar'),
  pi: signature('', 'scalar'),
  scalar: signature('v', 'scalar'),
  vector: signature('s'),
};
