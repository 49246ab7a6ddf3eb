import { Command } from 'commander';
import { type CheckResult, checkConfigFile, checkPackFile } from '../../config/check.ts';
import { formatMistake } from '../../config/mistake.ts';
import { exitCodes } from '../exit.ts';
import { readText } from '../files.ts';
import { withHelp } from '../help.ts';
import { loadAll, loadContext } from '../load.ts';
import { loadWebConfig } from '../web-config.ts';

function tell(file: string, { mistakes, summary }: CheckResult): void {
  for (const mistake of mistakes) process.stderr.write(`${formatMistake(mistake)}\n`);
  if (mistakes.length > 0) {
    process.stderr.write(`${file}: ${mistakes.length} mistake${mistakes.length === 1 ? '' : 's'}\n`);
    process.exitCode = exitCodes.found;
    return;
  }
  for (const line of summary) process.stdout.write(`${line}\n`);
  process.stdout.write(`${file}: ok\n`);
}

/** The context in which `file` is what was asked about; it is read here, so that one that is not there is bad usage. */
function contextOf(file: string): typeof loadContext {
  const text = readText(file);
  return { ...loadContext, readFile: path => (path === file ? text : loadContext.readFile(path)) };
}

/** The web config is looked at when the config itself is good: only then is it known which one it is. */
function checkConfig(file: string): CheckResult {
  const context = contextOf(file);
  const checked = checkConfigFile(file, context);
  if (checked.mistakes.length > 0) return checked;
  const loaded = loadAll(file, context);
  return 'config' in loaded ? checked : { mistakes: loaded, summary: [] };
}

function checkWebConfig(file: string): CheckResult {
  readText(file);
  const result = loadWebConfig(file);
  return { mistakes: result.ok ? [] : result.mistakes, summary: [] };
}

const exits = { 0: 'no mistake', 1: 'mistakes, each with its place', 2: 'the file cannot be read' };

/** `foreshock check config|pack|web-config FILE`: every mistake at once, exit code 1 when there are any. */
export function checkCommand(): Command {
  const check = new Command('check').description(
    'validate a config or a pack; lists every mistake with its place',
  );
  const config = check
    .command('config')
    .argument('<file>', 'config file; - is standard input')
    .description('validate a config, every pack and the web config that it names')
    .action((file: string) => tell(file, checkConfig(file)));
  const web = check
    .command('web-config')
    .argument('<file>', 'web config file')
    .description('validate a web config: TLS, users, headers')
    .action((file: string) => tell(file, checkWebConfig(file)));
  const pack = check
    .command('pack')
    .argument('<file>', 'pack file; - is standard input')
    .description('validate one pack')
    .action((file: string) => tell(file, checkPackFile(file, contextOf(file))));
  withHelp(config, { examples: ['check config foreshock.yaml', 'check config -'], exits });
  withHelp(web, { examples: ['check web-config web.yml'], exits });
  withHelp(pack, { examples: ['check pack packs/kafka.yaml'], exits });
  return withHelp(check, { examples: ['check config foreshock.yaml', 'check pack my-pack.yaml'], exits });
}
