import path from 'node:path';
import { Command } from 'commander';
import { type ReportFormat, reportFormats } from '../../config/report-block.ts';
import { sayCount } from '../../core/say-name.ts';
import { capacityReport } from '../../reports/report.ts';
import { withReader } from '../../store/reader.ts';
import { InputError } from '../exit.ts';
import { writeBytes } from '../files.ts';
import { askingExits, withHelp } from '../help.ts';
import { loadOrExplain } from '../load.ts';
import { capacityNow } from '../report-capacity.ts';
import { renderReport } from '../report-files.ts';
import { readersZone, reportInputs } from '../report-inputs.ts';

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

/** Makes the report of now; what could not be read stands in it and on standard error. */
async function capacity(flags: Flags): Promise<void> {
  const formats = formatsOf(flags.format);
  const loaded = loadOrExplain(flags.config);
  const { config } = loaded;
  const say = (text: string) => process.stderr.write(text);
  const known = await capacityNow(loaded, say);
  const stored = new Map(
    withReader(config.storage.path, reader =>
      ['incidents', 'feedback'].map(table => [table, reader.values(table)] as const),
    ),
  );
  const missing = [
    ...known.missing,
    ...(stored.size > 0
      ? []
      : [`Nothing is stored in ${config.storage.path} yet, so no incident of the week is known.`]),
  ];
  const report = capacityReport(
    reportInputs(
      { madeAt: Date.now(), timeZone: readersZone(config.report) },
      { tables: table => stored.get(table) ?? [], capacity: { ...known, missing } },
    ),
  );
  const files = await renderReport(report, formats);
  for (const { name, bytes } of files) writeBytes(path.join(flags.out, name), bytes);
  for (const text of report.missing) say(`not in the report: ${text}\n`);
  say(`${report.headline}\n${sayCount(files.length, 'file')} in ${flags.out}\n`);
  for (const { name } of files) process.stdout.write(`${path.join(flags.out, name)}\n`);
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
    exits: askingExits,
  };
  withHelp(capacityCommand, help);
  return withHelp(report, help);
}
