import { Command } from 'commander';
import { version } from '../core/version.ts';
import { commands } from './commands/index.ts';
import { withHelp } from './help.ts';

/** Bad usage is told as every other mistake is, and leaves the exit code to the caller. */
function withManners(command: Command): Command {
  return command
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'foreshock: ')) });
}

/** The command line as one value, so that tests and shell completion can read it. */
export function createProgram(): Command {
  const program = withManners(new Command('foreshock'))
    .description('learns what normal looks like and hands the on-call engineer one explained incident')
    .version(version);
  for (const create of commands) {
    const command = create();
    for (const each of [command, ...command.commands]) withManners(each);
    program.addCommand(command);
  }
  return withHelp(program, {
    examples: ['demo', 'check config foreshock.yaml', 'run --config foreshock.yaml --dry-run', 'help run'],
    exits: {
      0: 'done',
      1: 'found a problem that was asked for',
      2: 'bad usage or input',
      3: 'an outside service failed',
    },
  });
}
