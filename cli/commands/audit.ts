import { Command, Option } from 'commander';
import { type AuditInput, type AuditProof, type AuditVerdict, checkAudit } from '../../core/audit.ts';
import { sayCount } from '../../core/say-name.ts';
import { readAudit } from '../../store/audit.ts';
import { auditProof, publicKeyFile } from '../../store/audit-key.ts';
import { auditFromJson, auditPart, auditToCsv, auditToJson } from '../audit-lines.ts';
import type { auditToPdf } from '../audit-pdf.ts';
import { exitCodes, InputError } from '../exit.ts';
import { readText, writeBytes, writeText } from '../files.ts';
import { usualExits, withHelp } from '../help.ts';
import { loadOrExplain } from '../load.ts';
import { parseTimestamp } from '../timestamp.ts';

interface VerifyFlags {
  readonly config?: string;
  readonly input?: string;
  readonly key?: readonly string[];
  readonly part?: true;
  readonly known?: string;
}

interface ExportFlags {
  readonly config: string;
  readonly output: string;
  readonly format: 'csv' | 'json' | 'pdf';
  readonly key?: readonly string[];
  readonly from?: string;
  readonly to?: string;
}

function proofOf(files: readonly string[]): AuditProof {
  const pems = files.map(file => ({ file, pem: readText(file) }));
  for (const { file, pem } of pems)
    try {
      auditProof([pem]);
    } catch (error) {
      throw new InputError(`${file} ${error instanceof Error ? error.message : error}`);
    }
  return auditProof(pems.map(({ pem }) => pem));
}

/** The log of the store that a config names. */
function storedLog(config: string): AuditInput & { readonly directory: string } {
  const { path: directory } = loadOrExplain(config).config.storage;
  const log = readAudit(directory);
  if (log === undefined)
    throw new InputError(
      `${directory}: there is no audit log here; "foreshock run" begins it; see storage.path in ${config}`,
    );
  return { ...log, directory };
}

function sayVerdict(verdict: AuditVerdict): string {
  if (!verdict.ok) return `entry ${verdict.number} does not fit: ${verdict.why}`;
  const { first, last, hash } = verdict;
  return `${sayCount(last - first + 1, 'entry', 'entries')} fit, ${first} to ${last}; hash of the last: ${hash}`;
}

function checked(flags: VerifyFlags): { readonly input: AuditInput; readonly proof: AuditProof } {
  const part = flags.part === true;
  if (flags.input !== undefined) {
    if (flags.key === undefined)
      throw new InputError('--input needs --key: the public key, audit-key.pub.pem beside the store');
    return { input: { ...auditFromJson(readText(flags.input)), part }, proof: proofOf(flags.key) };
  }
  if (flags.config === undefined)
    throw new InputError('give --config for the log of a store, or --input and --key for an export');
  const { directory, ...log } = storedLog(flags.config);
  return { input: log, proof: proofOf(flags.key ?? [publicKeyFile(directory)]) };
}

function verify(flags: VerifyFlags): void {
  const { input, proof } = checked(flags);
  const verdict = checkAudit(input, proof);
  const { known } = flags;
  const isKnown = known === undefined || input.entries.some(({ hash }) => hash === known);
  process.stdout.write(`${sayVerdict(verdict)}\n`);
  if (!isKnown) process.stdout.write(`no entry has the hash ${known}: the log was begun or written anew\n`);
  if (!verdict.ok || !isKnown) process.exitCode = exitCodes.found;
}

function timeOf(flag: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const t = parseTimestamp(text);
  if (Number.isNaN(t)) throw new InputError(`${flag} ${text}: must be ISO 8601 or Unix seconds`);
  return t;
}

/** The fonts of the PDF library are slow to load: only who needs them waits. */
const pdfOf: typeof auditToPdf = async input => (await import('../audit-pdf.ts')).auditToPdf(input);

async function exportLog(flags: ExportFlags): Promise<void> {
  const from = timeOf('--from', flags.from, Number.NEGATIVE_INFINITY);
  const to = timeOf('--to', flags.to, Number.POSITIVE_INFINITY);
  if (from > to) throw new InputError(`--from ${flags.from} is after --to ${flags.to}`);
  const { directory, ...log } = storedLog(flags.config);
  const verdict = checkAudit(log, proofOf(flags.key ?? [publicKeyFile(directory)]));
  if (!verdict.ok) {
    process.stderr.write(`foreshock: the log was not exported: ${sayVerdict(verdict)}\n`);
    process.exitCode = exitCodes.found;
    return;
  }
  const part = auditPart({ entries: log.entries, head: log.head }, from, to);
  if (flags.format === 'csv') writeText(flags.output, auditToCsv(part));
  else if (flags.format === 'json') writeText(flags.output, auditToJson(part));
  else
    writeBytes(
      flags.output,
      await pdfOf({
        entries: part.entries,
        verdict: `Of the whole log: ${sayVerdict(verdict)}.`,
        at: Date.now(),
      }),
    );
  const count = sayCount(part.entries.length, 'entry', 'entries');
  process.stderr.write(`${count} of ${log.entries.length} in ${flags.output}\n`);
}

const keyFlag = [
  '--key <file...>',
  'trusted public key in PEM; that beside the store when not given',
] as const;

function verifyCommand(): Command {
  const command = new Command('verify')
    .description('check that no entry of the audit log was changed, removed, moved or cut off')
    .option('--config <file>', 'config file: the log of its store, also while foreshock runs')
    .option('--input <file>', 'log that was exported as JSON; - is standard input')
    .option(...keyFlag)
    .option('--part', 'the input is a part of a log, exported with --from or --to')
    .option('--known <hash>', 'hash that an earlier export ended with: it must be in the log')
    .action(verify);
  return withHelp(command, {
    examples: [
      'audit verify --config foreshock.yaml',
      'audit verify --input audit.jsonl --key audit-key.pub.pem',
    ],
    exits: { ...usualExits, 1: 'an entry does not fit: the first one is named' },
  });
}

function exportCommand(): Command {
  const command = new Command('export')
    .description('write the audit log, or a part of it, as a file; only a log that fits is written')
    .requiredOption('--config <file>', 'config file')
    .requiredOption('--output <file>', 'file to write; - is standard output')
    .addOption(
      new Option('--format <name>', 'csv, json or pdf').choices(['csv', 'json', 'pdf']).default('json'),
    )
    .option(...keyFlag)
    .option('--from <time>', 'leave out what is earlier')
    .option('--to <time>', 'leave out what is later')
    .action(exportLog);
  return withHelp(command, {
    examples: [
      'audit export --config foreshock.yaml --format pdf --output audit.pdf',
      'audit export --config foreshock.yaml --from 2026-11-01 --to 2026-12-01 --output november.jsonl',
    ],
    exits: { ...usualExits, 1: 'the log does not fit: the first entry that does not is named' },
  });
}

/** `foreshock audit verify|export`: the log of every decision and action. */
export function auditCommand(): Command {
  const audit = new Command('audit')
    .description('the log of every decision and action: signed, and chained by hashes')
    .addCommand(verifyCommand())
    .addCommand(exportCommand());
  return withHelp(audit, { examples: ['audit verify --config foreshock.yaml'], exits: usualExits });
}
