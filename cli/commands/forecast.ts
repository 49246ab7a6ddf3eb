import { Command } from 'commander';
import type { Forecast } from '../../core/forecaster.ts';
import { boundsOf, clamped } from '../../forecasters/bounds.ts';
import { Ensemble } from '../../forecasters/ensemble.ts';
import { members } from '../../forecasters/forecasters.ts';
import { InputError } from '../exit.ts';
import { writeText } from '../files.ts';
import { parseLevels, parseNumber, readHistory, stepsOf } from '../forecast-input.ts';
import { usualExits, withHelp } from '../help.ts';
import { formatTimestamp } from '../timestamp.ts';

interface Flags {
  readonly input: string;
  readonly horizon: string;
  readonly limit?: string;
  readonly levels: string;
  readonly output: string;
}

const number = (value: number) => (Number.isFinite(value) ? String(Number(value.toPrecision(8))) : '');

function table({ t, yhat, intervals }: Forecast): string {
  const names = intervals.map(({ level }) => String(Number((100 * level).toPrecision(6))));
  const head = ['timestamp', 'yhat', ...names.flatMap(name => [`yhat_lower_${name}`, `yhat_upper_${name}`])];
  const rows = Array.from(t, (time, h) =>
    [
      formatTimestamp(time),
      number(yhat[h]!),
      ...intervals.flatMap(({ lower, upper }) => [number(lower[h]!), number(upper[h]!)]),
    ].join(','),
  );
  return `${[head.join(','), ...rows].join('\n')}\n`;
}

function forecast(flags: Flags): void {
  const levels = parseLevels(flags.levels);
  const limit = flags.limit === undefined ? Number.NaN : parseNumber('--limit', flags.limit);
  const { history, notes } = readHistory(flags.input, Date.now());
  const steps = stepsOf(flags.horizon, history.step);
  const fitted = new Ensemble(members, { horizon: steps * history.step, folds: 15 }).fit(history);
  if ('unfit' in fitted) throw new InputError(`${flags.input}: ${fitted.unfit}`);
  writeText(flags.output, table(clamped(fitted.forecast(steps, levels), boundsOf(history, limit))));
  const summary = { methods: fitted.shares, notes };
  const stream = flags.output === '-' ? process.stderr : process.stdout;
  stream.write(`${JSON.stringify(summary, null, 2)}\n`);
}

/** `foreshock forecast`: the future of one series, with intervals. */
export function forecastCommand(): Command {
  const command = new Command('forecast')
    .description('forecast a series with intervals, and when it reaches its limit')
    .requiredOption('--input <file>', 'CSV with the columns timestamp,value; - is standard input')
    .requiredOption('--horizon <duration>', 'how far ahead, like 30d')
    .option('--limit <number>', 'what the series cannot pass, or must not')
    .option('--levels <list>', 'shares of the intervals', '0.8,0.95')
    .requiredOption(
      '--output <file>',
      'CSV: timestamp,yhat,yhat_lower_80,yhat_upper_80,...; - is standard output',
    )
    .action(forecast);
  return withHelp(command, {
    examples: ['forecast --input disk.csv --horizon 30d --limit 500e9 --output forecast.csv'],
    exits: usualExits,
  });
}
