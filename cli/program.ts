import { Command } from 'commander';
import { version } from '../core/version.ts';
import { commands } from './commands/index.ts';

/** The command line as one value, so that tests and shell completion can read it. */
export function createProgram(): Command {
  const program = new Command('foreshock')
    .description('learns what normal looks like and hands the on-call engineer one explained incident')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(see --help)');
  for (const create of commands) {
    const command = create();
    for (const each of [command, ...command.commands]) each.exitOverride();
    program.addCommand(command);
  }
  return program;
}
