import { Command } from 'commander';
import type { DaemonOptions } from '../daemon.ts';
import { InputError } from '../exit.ts';
import { usualExits, withHelp } from '../help.ts';
import { type Loaded, loadOrExplain } from '../load.ts';
import { createLog, type Log } from '../log.ts';
import { runDaemon } from '../run-daemon.ts';

type ReloadListener = Parameters<DaemonOptions['onReload']>[0];

interface Flags {
  readonly config: string;
  readonly dryRun?: true;
  readonly 'log.level': string;
  readonly 'log.format': string;
}

/** Reads the config anew; a bad one is told and the one that runs is kept. */
function tryLoad(file: string, log: Log): Loaded | string {
  try {
    return loadOrExplain(file);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    log.error(`the config was not reloaded: ${error.message}`);
    return error.message;
  }
}

/** Runs the daemon, and again with the new config after each good reload, until SIGTERM or SIGINT. */
async function run(flags: Flags): Promise<void> {
  const log = createLog({ level: flags['log.level'], format: flags['log.format'] });
  let loaded: Loaded | undefined = loadOrExplain(flags.config);
  let stop = new AbortController();
  let next: Loaded | undefined;
  let over = false;
  const reloaded = { ok: true, at: Date.now() };
  const listeners = new Set<ReloadListener>();
  const onReload: DaemonOptions['onReload'] = listener => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  const reload: DaemonOptions['reload'] = async () => {
    const fresh = tryLoad(flags.config, log);
    reloaded.ok = typeof fresh !== 'string';
    const outcome =
      typeof fresh === 'string' ? { ok: false, message: fresh } : { ok: true, message: 'reloading' };
    for (const listener of listeners) listener(outcome);
    if (typeof fresh === 'string') return outcome;
    reloaded.at = Date.now();
    next = fresh;
    const running = stop;
    setImmediate(() => running.abort());
    return outcome;
  };
  const end = () => {
    over = true;
    stop.abort();
  };
  process.on('SIGHUP', () => void reload());
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, end);
  while (loaded !== undefined) {
    next = undefined;
    const { signal } = stop;
    await runDaemon(loaded, { dryRun: flags.dryRun === true, log, signal, reload, reloaded, onReload });
    loaded = over ? undefined : next;
    stop = new AbortController();
  }
}

/** `foreshock run`: the daemon. */
export function runCommand(): Command {
  const command = new Command('run')
    .description('watch, correlate and notify until told to stop')
    .requiredOption('--config <file>', 'config file')
    .option('--dry-run', 'do everything but send; notifications go to the terminal')
    .option('--log.level <level>', 'debug, info, warn or error', 'info')
    .option('--log.format <format>', 'logfmt or json', 'logfmt')
    .action(run);
  return withHelp(command, {
    examples: ['run --config foreshock.yaml', 'run --config foreshock.yaml --dry-run --log.level debug'],
    exits: { ...usualExits, 0: 'told to stop (SIGTERM, SIGINT)' },
  });
}
