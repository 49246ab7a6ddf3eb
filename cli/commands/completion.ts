import { Argument, Command } from 'commander';
import { completions, completionTree } from '../completion.ts';
import { usualExits, withHelp } from '../help.ts';

/** `foreshock completion SHELL`: a script made from the commands as they are. */
export function completionCommand(): Command {
  const shell = new Argument('<shell>', 'the shell that you use').choices(Object.keys(completions));
  const command = new Command('completion')
    .description('print a script that completes commands and flags in your shell')
    .addArgument(shell)
    .action((name: string, _flags: unknown, self: Command) => {
      const program = self.parent ?? self;
      process.stdout.write(completions[name]!(completionTree(program)));
    });
  return withHelp(command, {
    examples: ['completion bash', 'completion fish'],
    exits: usualExits,
  });
}
