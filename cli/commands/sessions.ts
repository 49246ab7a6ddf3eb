import { Command } from 'commander';
import { SessionModel } from '../../detectors/log-sessions.ts';
import { csvField } from '../csv.ts';
import { InputError } from '../exit.ts';
import { writeText } from '../files.ts';
import { usualExits, withHelp } from '../help.ts';
import { parseRate } from '../rate.ts';
import { readSessions, TemplateNumbers } from '../session-lines.ts';

interface Flags {
  readonly train: string;
  readonly input: string;
  readonly output: string;
  readonly fpr: string;
}

async function learn(file: string, numbers: TemplateNumbers): Promise<SessionModel> {
  const sequences: Int32Array[] = [];
  for await (const { templates } of readSessions(file, numbers)) sequences.push(templates);
  if (sequences.length >= 2) return new SessionModel(sequences);
  throw new InputError(
    `${file}: ${sequences.length} sessions; training needs at least 2, some hundreds are useful`,
  );
}

async function sessions(flags: Flags): Promise<void> {
  const rate = parseRate(flags.fpr);
  if (flags.train === '-' && flags.input === '-')
    throw new InputError('--train and --input cannot both be standard input');
  const numbers = new TemplateNumbers();
  const model = await learn(flags.train, numbers);
  const limit = model.limit(rate);
  const known = numbers.size;
  const lines = ['id,score,p_value,anomaly'];
  let marked = 0;
  for await (const { id, templates } of readSessions(flags.input, numbers)) {
    const { score, p } = model.score(templates);
    const anomaly = p <= limit ? 1 : 0;
    marked += anomaly;
    lines.push(`${csvField(id)},${Number(score.toPrecision(8))},${p},${anomaly}`);
  }
  writeText(flags.output, `${lines.join('\n')}\n`);
  process.stderr.write(
    `${marked} of ${lines.length - 1} sessions are anomalous (p <= ${limit.toPrecision(3)}, from ${model.sessions} normal ones); ${numbers.size - known} templates are new\n`,
  );
  if (rate * model.sessions < 1)
    process.stderr.write(
      `${model.sessions} normal sessions cannot show what happens in ${rate} of them: small p-values are extrapolated\n`,
    );
}

/** `foreshock sessions`: which log sessions are unlike those of the training file. */
export function sessionsCommand(): Command {
  const command = new Command('sessions')
    .description('find log sessions whose lines are unlike those of normal sessions')
    .requiredOption(
      '--train <file>',
      'normal sessions: one {"id", "templates": [...]} a line, or CSV without header: id,template numbers separated by blanks; .gz is read',
    )
    .requiredOption('--input <file>', 'sessions to judge, in either form; - is standard input')
    .option('--fpr <share>', 'share of normal sessions that may be marked', '0.005')
    .requiredOption('--output <file>', 'CSV: id,score,p_value,anomaly; - is standard output')
    .action(sessions);
  return withHelp(command, {
    examples: [
      'sessions --train normal.jsonl --input today.jsonl --output scores.csv',
      'sessions --train normal.csv.gz --input - --fpr 0.001 --output -',
    ],
    exits: usualExits,
  });
}
