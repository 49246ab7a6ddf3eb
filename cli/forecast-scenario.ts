import type { Regressor } from '../core/forecaster.ts';
import { InputError } from './exit.ts';

/** What if a regressor took another future. */
export interface Scenario {
  /** As it was written. */
  readonly text: string;
  readonly name: string;
  apply(value: number): number;
}

/** `NAME=+100%`, `NAME=-20%` (of what it would be) or `NAME=500` (that value from then on). */
export function parseScenario(text: string): Scenario {
  const [, name, sign, digits, percent] = /^(.+)=([+-]?)(\d+\.?\d*(?:e[+-]?\d+)?)(%?)$/i.exec(text) ?? [];
  if (name === undefined || (percent === '%') !== (sign !== ''))
    throw new InputError(
      `--scenario ${text}: must be NAME=+100%, NAME=-20% or NAME=500, NAME a column of --regressors`,
    );
  const value = Number(digits);
  const gain = 1 + (sign === '-' ? -value : value) / 100;
  return { text, name, apply: percent === '%' ? before => before * gain : () => value };
}

/** The regressors with the futures of the scenarios; an InputError when one names what is not there. */
export function underScenarios(
  regressors: readonly Regressor[],
  scenarios: readonly Scenario[],
): readonly Regressor[] {
  for (const { name, text } of scenarios) {
    if (regressors.some(each => each.name === name)) continue;
    const names = regressors.map(each => each.name).join(', ');
    throw new InputError(
      `--scenario ${text}: there is no regressor "${name}"; ${names === '' ? 'give its history with --regressors' : `there are ${names}`}`,
    );
  }
  return regressors.map(regressor => {
    const own = scenarios.filter(({ name }) => name === regressor.name);
    const future = regressor.future.map(value => own.reduce((at, { apply }) => apply(at), value));
    return { ...regressor, future };
  });
}
