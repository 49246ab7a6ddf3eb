import { type Command, Help, type Option } from 'commander';

/** What `--help` adds to a command's options. */
export interface CommandHelp {
  /** Whole command lines, each after `foreshock`. */
  readonly examples: readonly string[];
  /** What the exit codes mean here, in words; 0 is always "done". */
  readonly exits: Readonly<Partial<Record<0 | 1 | 2 | 3, string>>>;
}

/** Exit codes of a command that only reads what it is given. */
export const usualExits = { 0: 'done', 2: 'bad usage or input, told with file and line' } as const;
/** Exit codes of a command that asks a Prometheus. */
export const askingExits = { ...usualExits, 3: 'Prometheus does not answer' } as const;

const usual = new Help();

/** What an option is for, and whether it has to be given; an empty list is no default worth a word. */
function optionDescription(option: Option): string {
  const told = usual.optionDescription(option).replace(' (default: [])', '');
  return option.mandatory ? `${told} (required)` : told;
}

/** Adds what must be given, examples and exit codes to the help of a command, and answers it. */
export function withHelp(command: Command, { examples, exits }: CommandHelp): Command {
  command.configureHelp({ optionDescription });
  const lines = examples.map(example => `  $ foreshock ${example}`);
  const codes = Object.entries(exits).map(([code, words]) => `  ${code}  ${words}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}\n\nExit codes:\n${codes.join('\n')}`);
}
