import { Command } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { detectRows } from '../../detectors/replay.ts';
import { type CsvFrame, csvField, parseMetricsCsv } from '../csv.ts';
import { InputError } from '../exit.ts';
import { readText, writeText } from '../files.ts';
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

function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate > 0 && rate < 0.5))
    throw new InputError(`--fpr ${text}: must be a share between 0 and 0.5, like 0.01`);
  return rate;
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

function tail(frame: CsvFrame, rows: number): CsvFrame {
  return { ...frame, t: frame.t.subarray(rows), columns: frame.columns.map(column => column.subarray(rows)) };
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

function detect(flags: Flags): void {
  const { train, input } = splitTraining(flags);
  const result = detectRows(train, input, {
    fpr: parseRate(flags.fpr),
    seed: Number(flags.seed),
    ...(flags.detectors === undefined ? {} : { detectors: flags.detectors.split(',') }),
    ...(flags.refresh === undefined ? {} : { refresh: parseDuration(flags.refresh) }),
  });
  const lines = ['timestamp,score,p_value,anomaly,top_signal,top_share'];
  for (let row = 0; row < input.t.length; row++) {
    const signal = result.topSignal[row]! < 0 ? '' : csvField(input.signals[result.topSignal[row]!]!);
    lines.push(
      `${formatTimestamp(input.t[row]!)},${number(result.score[row]!)},${number(result.p[row]!)},${result.anomaly[row]},${signal},${signal === '' ? '' : result.topShare[row]!.toFixed(4)}`,
    );
  }
  writeText(flags.output, `${lines.join('\n')}\n`);
  const duplicates = train.duplicates + input.duplicates;
  if (duplicates > 0)
    process.stderr.write(`${duplicates} rows share the timestamp of the row above; each was kept\n`);
  for (const line of result.summary) process.stderr.write(`${line}\n`);
}

/** `foreshock detect`: anomalies of one CSV, row by row on virtual time. */
export function detectCommand(): Command {
  return new Command('detect')
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
}
