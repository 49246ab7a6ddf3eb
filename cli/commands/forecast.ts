import { Command } from 'commander';
import type { History } from '../../core/forecaster.ts';
import { lookAhead } from '../../forecasters/outlook.ts';
import { InputError } from '../exit.ts';
import { writeText } from '../files.ts';
import { readHolidays } from '../forecast-holidays.ts';
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
  readonly holidays?: string;
  readonly limit?: string;
  readonly levels: string;
  readonly output: string;
}

/** What moves the series beside its own past: as it is, as the scenarios say, and what had to be done for it. */
async function movers(flags: Flags, history: History, steps: number) {
  const scenarios = flags.scenario.map(parseScenario);
  const plan = readRegressors(flags.regressors, history, steps);
  const holidays = await readHolidays(flags.holidays, history, steps);
  return {
    given: [...plan.regressors, ...holidays.regressors],
    changed: [...underScenarios(plan.regressors, scenarios), ...holidays.regressors],
    notes: [...plan.notes, ...holidays.notes],
  };
}

async function forecast(flags: Flags): Promise<void> {
  const levels = parseLevels(flags.levels);
  const limit = flags.limit === undefined ? Number.NaN : parseNumber('--limit', flags.limit);
  const { history, notes } = readHistory(flags.input, Date.now());
  const steps = stepsOf(flags.horizon, history.step);
  const { given, changed, notes: told } = await movers(flags, history, steps);
  const outlook = lookAhead({ history, regressors: given, horizon: steps * history.step, limit });
  if ('unfit' in outlook) throw new InputError(`${flags.input}: ${outlook.unfit}`);
  const after = outlook.forecast(levels, changed);
  writeText(flags.output, forecastTable(after));
  const full = (regressors: typeof changed) =>
    Number.isNaN(limit) ? undefined : outlook.exhaustion(regressors);
  const unchanged = () => {
    return { texts: flags.scenario, before: outlook.forecast([], given), exhaustion: full(given) };
  };
  const summary = summaryOf({
    ...{ history, levels, outlook, after },
    exhaustion: full(changed),
    ...(flags.scenario.length === 0 ? {} : { scenario: unchanged() }),
    notes: [...notes, ...told, ...outlook.notes],
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
    .option('--holidays <places>', 'countries or parts of them whose public holidays count: DE or DE-BY,AT')
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
      'forecast --input orders.csv --horizon 30d --holidays DE --output -',
    ],
    exits: usualExits,
  });
}
