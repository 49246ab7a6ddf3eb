import { Command } from 'commander';
import { parseDuration } from '../../core/duration.ts';
import { csvField } from '../csv.ts';
import { InputError } from '../exit.ts';
import { writeText } from '../files.ts';
import { usualExits, withHelp } from '../help.ts';
import { parseDeskLog, readLog } from '../history-csv.ts';
import { type Prediction, type PredictionTask, predictionTasks, type Question } from '../prediction-tasks.ts';
import { formatTimestamp, parseTimestamp } from '../timestamp.ts';

interface Flags {
  readonly history: string;
  readonly trainUntil: string;
  readonly until?: string;
  readonly after: string;
  readonly seed: string;
  readonly drivers?: true;
  readonly output: string;
}

function taskOf(name: string): PredictionTask {
  const task = predictionTasks.find(each => each.name === name);
  if (task !== undefined) return task;
  const names = predictionTasks.map(each => each.name).join(', ');
  throw new InputError(`task ${name}: not known; there are ${names}`);
}

function timeOf(flag: string, text: string): number {
  const t = parseTimestamp(text);
  if (Number.isNaN(t))
    throw new InputError(`${flag} ${text}: not a timestamp; write ISO 8601 or Unix seconds`);
  return t;
}

function afterOf(text: string): number {
  if (/^0[a-z]*$/.test(text)) return 0;
  try {
    return parseDuration(text);
  } catch {
    throw new InputError(`--after ${text}: must be a duration, like 4h or 30m`);
  }
}

function questionOf(flags: Flags): Question {
  if (!/^\d{1,9}$/.test(flags.seed))
    throw new InputError(`--seed ${flags.seed}: must be a whole number, like 1`);
  const from = timeOf('--train-until', flags.trainUntil);
  const until = flags.until === undefined ? Number.POSITIVE_INFINITY : timeOf('--until', flags.until);
  if (until <= from) throw new InputError(`--until ${flags.until}: must be later than --train-until`);
  return { from, until, after: afterOf(flags.after), seed: Number(flags.seed) };
}

function rowOf({ incident, at, p, drivers }: Prediction, flags: Flags): string {
  const row = `${csvField(incident)},${formatTimestamp(at)},${p === undefined ? '' : Number(p.toPrecision(6))}`;
  return flags.drivers ? `${row},${csvField(drivers.join('; '))}` : row;
}

function predict(name: string, flags: Flags): void {
  const task = taskOf(name);
  const question = questionOf(flags);
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const { cases, events } = parseDeskLog(readLog(flags.history), {
    file: flags.history,
    needed: task.needed,
    bad: 'stop',
  });
  say(`${cases.length} incidents in ${events} events; learning what was known before ${flags.trainUntil}`);
  const answers = task.answer(cases, question);
  const head = `incident,at,p${flags.drivers ? ',drivers' : ''}`;
  writeText(flags.output, `${[head, ...answers.map(each => rowOf(each, flags))].join('\n')}\n`);
  const silent = answers.filter(({ p }) => p === undefined).length;
  say(`${answers.length} answers, of which ${silent} abstain because too little like them was seen before`);
}

/** `foreshock predict`: the odds of what may become of incidents, learned from a history of incidents. */
export function predictCommand(): Command {
  const tasks = predictionTasks.map(({ name, summary }) => `${name} (${summary})`).join(', ');
  const command = new Command('predict')
    .description('tell the odds of what may become of incidents, learned from past ones')
    .argument('<task>', tasks)
    .requiredOption(
      '--history <file>',
      'service-desk log, one event a row; may be packed by gzip; - is standard input',
    )
    .requiredOption(
      '--train-until <time>',
      'learn from what was known before, answer for incidents opened from then on',
    )
    .option('--after <duration>', 'how long after its opening an incident is looked at', '4h')
    .option('--until <time>', 'answer for incidents opened before this time (default: all)')
    .option('--drivers', 'add a column: the facts that raise the odds, in words')
    .option('--seed <number>', 'seed of everything random', '1')
    .requiredOption('--output <file>', 'CSV: incident,at,p (empty = abstains); - is standard output')
    .action(predict);
  return withHelp(command, {
    examples: [
      'predict reassigned --history incidents.csv --train-until 2016-04-11 --output odds.csv',
      'predict sla_missed --history incidents.csv.gz --train-until 2016-04-11 --after 1h --drivers --output -',
    ],
    exits: usualExits,
  });
}
