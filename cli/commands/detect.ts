import { Command } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { detectors } from '../../detectors/index.ts';
import { detectRows, type ReplayOptions } from '../../detectors/replay.ts';
import { type CsvFrame, csvField, parseMetricsCsv } from '../csv.ts';
import { InputError } from '../exit.ts';
import { readText, writeText } from '../files.ts';
import { usualExits, withHelp } from '../help.ts';
import { parseRate } from '../rate.ts';
import { formatTimestamp, parseTimestamp } from '../timestamp.ts';

interface Flags {
  readonly input: string;
  readonly output: string;
  readonly trainUntil?: string;
  readonly train?: string;
  readonly fpr: string;
  readonly detectors?: string;
  readonly refresh?: string;
  readonly seed: string;
}

function parseSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InputError(`--seed ${text}: must be a whole number, like 1`);
  return Number(text);
}

function parseRefresh(text: string): number {
  const told = `--refresh ${text}: must be a duration above 0, like 1d or 12h`;
  try {
    const refresh = parseDuration(text);
    if (refresh > 0) return refresh;
  } catch {
    throw new InputError(told);
  }
  throw new InputError(told);
}

function parseDetectors(text: string): readonly string[] {
  const known = detectors.map(({ name }) => name);
  const names = text.split(',').map(name => name.trim());
  const wrong = names.find(name => !known.includes(name));
  if (wrong === undefined) return [...new Set(names)];
  throw new InputError(`--detectors ${text}: "${wrong}" is not known; there are ${known.join(', ')}`);
}

/** The columns of the training file in the order of the input's. */
function alignColumns(train: CsvFrame, input: CsvFrame, file: string): CsvFrame {
  const columns = input.signals.map(signal => {
    const k = train.signals.indexOf(signal);
    if (k < 0)
      throw new InputError(`${file}:1: column "${signal}" of the input is missing in the training file`);
    return train.columns[k]!;
  });
  return { ...train, signals: input.signals, columns };
}

/** Rows of the input that are for training: timestamps <= T, or the first 15 %. */
function trainingRows(input: CsvFrame, flags: Flags): number {
  if (flags.trainUntil === undefined) return Math.floor(0.15 * input.t.length);
  const until = parseTimestamp(flags.trainUntil);
  if (Number.isNaN(until)) throw new InputError(`--train-until ${flags.trainUntil}: not a timestamp`);
  return input.t.filter(t => t <= until).length;
}

function head(frame: CsvFrame, rows: number): CsvFrame {
  return {
    ...frame,
    t: frame.t.subarray(0, rows),
    columns: frame.columns.map(column => column.subarray(0, rows)),
  };
}

/** The rows after the training rows; what was counted over the whole file stays with the head. */
function tail(frame: CsvFrame, rows: number): CsvFrame {
  const columns = frame.columns.map(column => column.subarray(rows));
  return { ...frame, t: frame.t.subarray(rows), columns, duplicates: 0, infinite: 0 };
}

function splitTraining(flags: Flags): { train: CsvFrame; input: CsvFrame } {
  if (flags.train !== undefined && flags.trainUntil !== undefined)
    throw new InputError('--train and --train-until exclude each other');
  const input = parseMetricsCsv(readText(flags.input), flags.input);
  if (flags.train !== undefined)
    return {
      train: alignColumns(parseMetricsCsv(readText(flags.train), flags.train), input, flags.train),
      input,
    };
  const rows = trainingRows(input, flags);
  return { train: head(input, rows), input: tail(input, rows) };
}

function number(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(8))) : '';
}

/** A p-value as it is: all of its digits, however small. */
function precise(value: number): string {
  return Number.isFinite(value) ? String(value) : '';
}

function replayOptions(flags: Flags): ReplayOptions {
  return {
    fpr: parseRate(flags.fpr),
    seed: parseSeed(flags.seed),
    ...(flags.detectors === undefined ? {} : { detectors: parseDetectors(flags.detectors) }),
    ...(flags.refresh === undefined ? {} : { refresh: parseRefresh(flags.refresh) }),
  };
}

function detect(flags: Flags): void {
  const options = replayOptions(flags);
  const { train, input } = splitTraining(flags);
  const result = detectRows(train, input, options);
  const lines = ['timestamp,score,p_value,anomaly,top_signal,top_share'];
  for (let row = 0; row < input.t.length; row++) {
    const signal = result.topSignal[row]! < 0 ? '' : csvField(input.signals[result.topSignal[row]!]!);
    lines.push(
      `${formatTimestamp(input.t[row]!)},${number(result.score[row]!)},${precise(result.p[row]!)},${result.anomaly[row]},${signal},${signal === '' ? '' : result.topShare[row]!.toFixed(4)}`,
    );
  }
  writeText(flags.output, `${lines.join('\n')}\n`);
  const duplicates = train.duplicates + input.duplicates;
  if (duplicates > 0)
    process.stderr.write(`${duplicates} rows share the timestamp of the row above; each was kept\n`);
  const infinite = train.infinite + input.infinite;
  if (infinite > 0) process.stderr.write(`${infinite} infinite values were read as missing\n`);
  for (const line of result.summary) process.stderr.write(`${line}\n`);
}

/** `foreshock detect`: anomalies of one CSV, row by row on virtual time. */
export function detectCommand(): Command {
  const command = new Command('detect')
    .description('find anomalies in a CSV of metrics, row by row as the daemon would')
    .requiredOption('--input <file>', 'CSV with the columns timestamp,<signal>...; - is standard input')
    .option('--train-until <time>', 'rows up to this time are for training (default: the first 15 %)')
    .option('--train <file>', 'a CSV of its own for training')
    .option('--fpr <share>', 'share of normal rows that may be marked', '0.01')
    .option('--detectors <list>', 'comma separated names; default: all that the ensemble uses')
    .option('--refresh <duration>', 'fit again at this interval, like 1d (default: never)')
    .option('--seed <number>', 'seed of everything random', '1')
    .requiredOption(
      '--output <file>',
      'CSV: timestamp,score,p_value,anomaly,top_signal,top_share; - is standard output',
    )
    .action(detect);
  return withHelp(command, {
    examples: [
      'detect --input metrics.csv --output scores.csv',
      'detect --input today.csv --train last-week.csv --fpr 0.001 --output -',
    ],
    exits: usualExits,
  });
}
