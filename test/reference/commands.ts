import type { Command } from 'commander';
import { createProgram } from '../../cli/program.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');

function optionRows(command: Command): string[] {
  return command.options.map(option => {
    const given: unknown = option.defaultValue;
    const fallback = typeof given === 'string' || typeof given === 'number' ? `\`${given}\`` : '';
    const must = option.mandatory ? '**required**' : fallback;
    return `| \`${cell(option.flags)}\` | ${must} | ${cell(option.description)} |`;
  });
}

/** A command and those below it, each with its flags. */
function sections(command: Command, path: string): string[] {
  const name = `${path} ${command.name()}`;
  if (command.commands.length > 0) return command.commands.flatMap(child => sections(child, name));
  const words = command.registeredArguments.map(argument => ` <${argument.name()}>`).join('');
  const rows = optionRows(command);
  const table = rows.length === 0 ? '' : `\n| flag | default | |\n|---|---|---|\n${rows.join('\n')}\n`;
  return [`## \`${name.trim()}${words}\`\n\n${command.description()}\n${table}`];
}

/** `docs/commands.md`, from the program's own tree of commands. */
export function commandsPage(): string {
  const program = createProgram();
  const parts = program.commands.flatMap(command => sections(command, program.name()));
  return `# Commands

Each command prints its own help with \`--help\`. Timestamps are ISO 8601 or Unix seconds; \`-\` is standard input or output. Exit
codes: 0 done, 1 found a problem that was asked for, 2 bad usage or input, 3 an outside service failed. This page is made
from the program by \`npm run docs\`.

${parts.join('\n')}`;
}
