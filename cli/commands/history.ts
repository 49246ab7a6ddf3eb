import { Command } from 'commander';
import { openStore } from '../../store/sqlite.ts';
import { InputError } from '../exit.ts';
import { usualExits, withHelp } from '../help.ts';
import { type DeskLog, parseDeskLog, readLog } from '../history-csv.ts';
import { keepHistory } from '../history-store.ts';
import { loadOrExplain } from '../load.ts';
import { formatTimestamp } from '../timestamp.ts';

interface Flags {
  readonly input: string;
  readonly config: string;
}

/** So many refused rows are told one by one. */
const toldRows = 5;

function spanOf({ cases }: DeskLog): string {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { openedAt } of cases) {
    first = Math.min(first, openedAt);
    last = Math.max(last, openedAt);
  }
  return `opened from ${formatTimestamp(first)} to ${formatTimestamp(last)}`;
}

function store(log: DeskLog, directory: string): number {
  const opened = openStore(directory);
  try {
    return keepHistory(opened, log.cases);
  } finally {
    opened.close();
  }
}

function importLog(flags: Flags): void {
  const { config } = loadOrExplain(flags.config);
  const log = parseDeskLog(readLog(flags.input), { file: flags.input, bad: 'refuse' });
  for (const row of log.refused.slice(0, toldRows)) process.stderr.write(`refused: ${row}\n`);
  const more = log.refused.length - toldRows;
  if (more > 0) process.stderr.write(`and ${more} refused rows more\n`);
  if (log.cases.length === 0)
    throw new InputError(`${flags.input}: no row could be read, nothing was stored`);
  const bytes = store(log, config.storage.path);
  process.stdout.write(
    `${log.cases.length} incidents, ${log.events} events, ${spanOf(log)}; ${log.refused.length} rows refused; ${Math.ceil(bytes / 1024)} KiB stored\n`,
  );
}

/** `foreshock history`: what happened to incidents before foreshock watched. */
export function historyCommand(): Command {
  const importing = new Command('import')
    .description('check and store a log of past incidents, in place of the one imported before')
    .requiredOption(
      '--input <file>',
      'service-desk log, one event a row; may be packed by gzip; - is standard input',
    )
    .requiredOption(
      '--config <file>',
      'config, whose storage.path says where the store is; foreshock must not run on it',
    )
    .action(importLog);
  const help = {
    examples: ['history import --input incidents.csv --config foreshock.yaml'],
    exits: usualExits,
  };
  const history = new Command('history').description('past incidents to learn from');
  return withHelp(history.addCommand(withHelp(importing, help)), help);
}
