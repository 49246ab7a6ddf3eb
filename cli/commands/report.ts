import path from 'node:path';
import { Command } from 'commander';
import { type ReportFormat, reportFormats } from '../../config/report-block.ts';
import { sayCount, sayList } from '../../core/say-name.ts';
import { capacityReport } from '../../reports/report.ts';
import { withReader } from '../../store/reader.ts';
import { tellStages } from '../capacity-progress.ts';
import { exitCodes, InputError } from '../exit.ts';
import { makeFolder, writeBytes } from '../files.ts';
import { askingExits, withHelp } from '../help.ts';
import { loadOrExplain } from '../load.ts';
import { type CapacityNow, capacityNow } from '../report-capacity.ts';
import { renderReport } from '../report-files.ts';
import { readersZone, reportInputs } from '../report-inputs.ts';
import type { Tables } from '../report-week.ts';

interface Flags {
  readonly config: string;
  readonly out: string;
  readonly format: string;
}

function formatsOf(text: string): readonly ReportFormat[] {
  return text.split(',').map(word => {
    const format = reportFormats.find(each => each === word.trim());
    if (format !== undefined) return format;
    throw new InputError(`--format ${text}: "${word.trim()}" is not one of ${reportFormats.join(', ')}`);
  });
}

const say = (text: string) => void process.stderr.write(text);

/** The tables of the store that tell of the week; undefined when there is no store yet. */
function storedTables(directory: string): Tables | undefined {
  const stored = withReader(directory, reader =>
    ['incidents', 'feedback'].map(table => [table, reader.values(table)] as const),
  );
  const tables = new Map(stored);
  return stored && (table => tables.get(table) ?? []);
}

/** Why there is no forecast at all, and the exit code that says so. */
function sayNothing({ declared, failed }: CapacityNow): void {
  process.exitCode = failed ? exitCodes.outsideFailed : exitCodes.found;
  if (failed) say('no resource is known: the sources of metrics could not be read\n');
  else if (declared.length === 0)
    say('no resource is known: no pack of the config declares one (capacity)\n');
  else
    say(
      `no resource is known: the sources of metrics have no values of ${sayList(declared, 5)} on a day that has ended\n`,
    );
}

/** Makes the report of now; what could not be read stands in it and on standard error. */
async function capacity(flags: Flags): Promise<void> {
  const formats = formatsOf(flags.format);
  const loaded = loadOrExplain(flags.config);
  makeFolder('--out', flags.out);
  const { config, packs } = loaded;
  const now = { madeAt: Date.now(), timeZone: readersZone(config.report) };
  const progress = tellStages({ clock: Date.now, write: say, terminal: process.stderr.isTTY === true });
  const known = await capacityNow(loaded, { ...now, progress });
  const tables = storedTables(config.storage.path);
  const none = `Nothing is stored in ${config.storage.path} yet, so no incident of the week is known.`;
  const missing = tables === undefined ? [...known.missing, none] : known.missing;
  const inputs = reportInputs(now, { tables: tables ?? (() => []), packs, capacity: { ...known, missing } });
  const report = capacityReport(inputs);
  const files = await renderReport(report, formats);
  for (const { name, bytes } of files) writeBytes(path.join(flags.out, name), bytes);
  for (const text of missing) say(`not in the report: ${text}\n`);
  say(`${report.headline}\n${sayCount(files.length, 'file')} in ${flags.out}\n`);
  for (const { name } of files) process.stdout.write(`${path.join(flags.out, name)}\n`);
  if (known.forecasts.length === 0 && config.forecast.enabled) sayNothing(known);
}

/** `foreshock report capacity`: what runs out, when, how sure that is, and what to do. */
export function reportCommand(): Command {
  const report = new Command('report').description('reports for people');
  const capacityCommand = report
    .command('capacity')
    .description(
      'write the capacity report of now: what runs out, when, how sure that is, and how the last forecasts came out',
    )
    .requiredOption('--config <file>', 'config file')
    .requiredOption('--out <dir>', 'folder to write into')
    .option('--format <list>', 'html, pdf, csv, json: which files', 'html,pdf,csv,json')
    .action(capacity);
  const help = {
    examples: [
      'report capacity --config foreshock.yaml --out reports',
      'report capacity --config foreshock.yaml --out reports --format pdf',
    ],
    exits: {
      ...askingExits,
      1: 'no resource is known: none is declared, or the sources have no values of any',
      3: 'no resource could be read; what is known else is in the report',
    },
  };
  withHelp(capacityCommand, help);
  return withHelp(report, help);
}
