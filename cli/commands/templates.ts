import { Command } from 'commander';
import { LogTemplateMiner, minerOptions } from '../../detectors/log-template.ts';
import { csvField } from '../csv.ts';
import { InputError } from '../exit.ts';
import { usualExits, withHelp } from '../help.ts';
import { LineSpool } from '../line-spool.ts';
import { type LineNotes, readLogLines, sizeOf } from '../log-lines.ts';
import { type LineFormat, LineReader } from '../log-message.ts';
import { createProgress } from '../progress.ts';
import { openTextWriter } from '../text-writer.ts';

interface Flags {
  readonly input: string;
  readonly output: string;
  readonly format?: string;
}

/** Lines from which the header is learned before the first one is read. */
const learnedLines = 1024;
const progressStep = 1 << 24;

function parseFormat(text: string | undefined): LineFormat {
  if (text === undefined) return 'either';
  if (text === 'json' || text === 'text') return text;
  throw new InputError(`--format ${text}: must be json or text; left out, each line is read as what it is`);
}

/** Told of bytes read; says how far a file of this size is, when it is long. */
function progressOf(size: number): (bytes: number) => void {
  const total = Math.floor(size / progressStep);
  if (total < 4) return () => {};
  const progress = createProgress({
    what: 'blocks of 16 MiB read',
    total,
    clock: Date.now,
    write: text => process.stderr.write(text),
    terminal: process.stderr.isTTY,
  });
  let told = 0;
  return bytes => {
    for (; told < Math.min(total, Math.floor(bytes / progressStep)); told++) progress.step();
    if (told === total) progress.end();
  };
}

interface Mined {
  readonly miner: LogTemplateMiner;
  readonly reader: LineReader;
  readonly spool: LineSpool;
  readonly notes: LineNotes;
}

/** Reads all lines once; what each of them is stays in the spool. */
async function mine(flags: Flags, { miner, reader, spool, notes }: Mined): Promise<void> {
  const take = (line: string) => {
    const { text, span } = reader.read(line);
    spool.add(miner.learn(text, span));
  };
  let waiting: string[] | undefined = [];
  const start = (lines: readonly string[]) => {
    waiting = undefined;
    for (const line of lines.slice(0, learnedLines)) reader.learn(line);
    for (const line of lines) take(line);
  };
  const progress = progressOf(sizeOf(flags.input));
  for await (const lines of readLogLines({ file: flags.input, notes, progress })) {
    if (waiting === undefined) for (const line of lines) take(line);
    else if (waiting.length + lines.length < learnedLines) waiting.push(...lines);
    else start([...waiting, ...lines]);
  }
  if (waiting !== undefined) start(waiting);
  miner.settle();
}

/** Writes a row for each line, with the template that it belongs to now that all lines are known. */
async function writeRows(file: string, { miner, spool }: Mined): Promise<void> {
  const writer = openTextWriter(file);
  const rows = new Map<number, string>();
  const rowOf = (index: number) => {
    const { id, text } = miner.templateOf(index);
    const row = `,${id},${csvField(text)}\n`;
    rows.set(index, row);
    return row;
  };
  try {
    await writer.write('line,template_id,template\n');
    let line = 0;
    for (const block of spool.read()) {
      let text = '';
      for (const index of block) text += `${++line}${rows.get(index) ?? rowOf(index)}`;
      await writer.write(text);
    }
    await writer.end();
  } catch (error) {
    writer.drop();
    throw error;
  }
}

const linesAre = (count: number) => `${count} ${count === 1 ? 'line is' : 'lines are'}`;

function summary({ miner, reader, spool, notes }: Mined, format: LineFormat): string[] {
  const { headers, json, unreadable } = reader.counts;
  const said = [
    `${spool.count} lines, ${miner.templates().length} templates; a header was found in ${headers} lines`,
  ];
  if (json > 0) said.push(`${linesAre(json)} JSON with a message`);
  if (format === 'json' && unreadable > 0)
    said.push(`${linesAre(unreadable)} no JSON object with a message, and read as text`);
  if (notes.invalid > 0)
    said.push(`${linesAre(notes.invalid)} not UTF-8; the bytes that are not were replaced`);
  if (notes.cut > 0) said.push(`${linesAre(notes.cut)} longer than 1 MiB, and cut there`);
  return said;
}

async function templates(flags: Flags): Promise<void> {
  const format = parseFormat(flags.format);
  const mined: Mined = {
    miner: new LogTemplateMiner(minerOptions.parse({})),
    reader: new LineReader(format),
    spool: new LineSpool(),
    notes: { invalid: 0, cut: 0 },
  };
  try {
    await mine(flags, mined);
    await writeRows(flags.output, mined);
  } finally {
    mined.spool.close();
  }
  for (const line of summary(mined, format)) process.stderr.write(`${line}\n`);
}

/** `foreshock templates`: the template of each line of a log. */
export function templatesCommand(): Command {
  const command = new Command('templates')
    .description('group the lines of a log by what the programmer wrote')
    .requiredOption('--input <file>', 'log file, .gz too; - is standard input')
    .option('--format <format>', 'json or text (default: told line by line)')
    .requiredOption('--output <file>', 'CSV: line,template_id,template; - is standard output')
    .action(templates);
  return withHelp(command, {
    examples: [
      'templates --input app.log --output templates.csv',
      'templates --input app.json.gz --format json --output -',
    ],
    exits: usualExits,
  });
}
