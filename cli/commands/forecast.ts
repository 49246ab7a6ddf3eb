import { Command } from 'commander';
import { lookAhead } from '../../forecasters/outlook.ts';
import { InputError } from '../exit.ts';
import { writeText } from '../files.ts';
import { parseLevels, parseNumber, readHistory, stepsOf } from '../forecast-input.ts';
import { readRegressors } from '../forecast-regressors.ts';
import { parseScenario, underScenarios } from '../forecast-scenario.ts';
import { forecastTable, summaryOf } from '../forecast-summary.ts';
import { usualExits, withHelp } from '../help.ts';

interface Flags {
  readonly input: string;
  readonly horizon: string;
  readonly regressors?: string;
  readonly scenario: readonly string[];
  readonly limit?: string;
  readonly levels: string;
  readonly output: string;
}

function forecast(flags: Flags): void {
  const levels = parseLevels(flags.levels);
  const limit = flags.limit === undefined ? Number.NaN : parseNumber('--limit', flags.limit);
  const scenarios = flags.scenario.map(parseScenario);
  const { history, notes } = readHistory(flags.input, Date.now());
  const steps = stepsOf(flags.horizon, history.step);
  const plan = readRegressors(flags.regressors, history, steps);
  const changed = underScenarios(plan.regressors, scenarios);
  const outlook = lookAhead({
    history,
    regressors: plan.regressors,
    horizon: steps * history.step,
    limit,
  });
  if ('unfit' in outlook) throw new InputError(`${flags.input}: ${outlook.unfit}`);
  const after = outlook.forecast(levels, changed);
  writeText(flags.output, forecastTable(after));
  const full = (regressors: typeof changed) =>
    Number.isNaN(limit) ? undefined : outlook.exhaustion(regressors);
  const summary = summaryOf({
    history,
    levels,
    outlook,
    after,
    exhaustion: full(changed),
    ...(scenarios.length === 0
      ? {}
      : {
          scenario: {
            texts: flags.scenario,
            before: outlook.forecast([], plan.regressors),
            exhaustion: full(plan.regressors),
          },
        }),
    notes: [...notes, ...plan.notes, ...outlook.notes],
  });
  (flags.output === '-' ? process.stderr : process.stdout).write(summary);
}

/** `foreshock forecast`: the future of one series with intervals, when it is full, and what if. */
export function forecastCommand(): Command {
  const command = new Command('forecast')
    .description('forecast a series with intervals, and when it reaches its limit')
    .requiredOption('--input <file>', 'CSV with the columns timestamp,value; - is standard input')
    .requiredOption('--horizon <duration>', 'how far ahead, like 30d')
    .option(
      '--regressors <file>',
      'CSV with the columns timestamp,<name>...: what else moves it, in the past and as planned',
    )
    .option(
      '--scenario <what...>',
      'what if a regressor takes another future: traffic=+100%, users=-20%, launches=3',
      [],
    )
    .option('--limit <number>', 'what the series cannot or must not pass; 0 under it: where it runs out')
    .option('--levels <list>', 'shares of the intervals', '0.8,0.95')
    .requiredOption(
      '--output <file>',
      'CSV: timestamp,yhat,yhat_lower_80,yhat_upper_80,...; - is standard output, the summary then goes to standard error',
    )
    .action(forecast);
  return withHelp(command, {
    examples: [
      'forecast --input disk.csv --horizon 30d --limit 500e9 --output forecast.csv',
      'forecast --input cpu.csv --horizon 30d --regressors traffic.csv --scenario traffic=+100% --output -',
    ],
    exits: usualExits,
  });
}
