import { InputError } from './exit.ts';

/** The value of `--fpr`: the share of what is normal that may be marked; an InputError for what is no such share. */
export function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0 && rate < 0.5))
    throw new InputError(`--fpr ${text}: must be a share between 0 and 0.5, like 0.01`);
  return rate;
}
