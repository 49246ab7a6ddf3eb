import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../../cli/program.ts';
import { foreshock, temporaryFile } from './command.ts';

function every(command: Command): Command[] {
  return [command, ...command.commands.flatMap(every)];
}

/** The words that lead to a command: `check config`. */
function wordsOf(command: Command): string[] {
  return command.parent === null ? [] : [...wordsOf(command.parent), command.name()];
}

const everyCommand = every(createProgram());

function examplesIn(help: string): string[] {
  return [...help.matchAll(/^ {2}\$ foreshock (.+)$/gm)].map(([, example = '']) => example);
}

/** Flags of an example that its command does not have; the whole line where there is no such command. */
function unknownIn(example: string): string[] {
  const words = example.split(' ').filter(word => word !== 'help');
  const longest = [...everyCommand]
    .filter(command => wordsOf(command).every((word, i) => words[i] === word))
    .sort((a, b) => wordsOf(b).length - wordsOf(a).length)[0];
  if (longest === undefined || wordsOf(longest).length === 0) return [example];
  const known = longest.options.map(({ long }) => long);
  return words.filter(word => word.startsWith('--') && !known.includes(word));
}

test.each(everyCommand.map(command => [wordsOf(command).join(' ')]))('"%s --help" is exit 0', words => {
  const { code, stdout, stderr } = foreshock([...words.split(' ').filter(word => word !== ''), '--help']);
  expect(stdout).toContain(`Usage: ${`foreshock ${words}`.trim()}`);
  expect(stdout).toMatch(/^Examples:\n {2}\$ foreshock .+$/m);
  expect(stdout).toMatch(/^Exit codes:\n {2}0 {2}.+$/m);
  expect(examplesIn(stdout).filter(example => unknownIn(example).length > 0)).toEqual([]);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('every command and every option is described', () => {
  for (const command of everyCommand) {
    expect(command.description()).not.toBe('');
    for (const option of command.options) expect(option.description, option.flags).not.toBe('');
  }
});

test('what a broken file holds is shown in the error, and steers no terminal', () => {
  const input = temporaryFile('broken.csv', `\u001b[2J\u0000${'x'.repeat(100)},value\n`);
  const { code, stderr } = foreshock(['detect', '--input', input, '--output', '-']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/first column must be "timestamp", not "\\u\{1b\}\[2J\\u\{0\}x+…x+"\n$/);
  expect(stderr).not.toMatch(/[^\P{Cc}\n]/u);
});

test('the help says which options must be given', () => {
  const { stdout } = foreshock(['forecast', '--help']);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('how far ahead, like 30d (required)');
  expect(stdout).not.toContain('[]');
});

test('--version is that of package.json', () => {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../package.json'), 'utf8');
  const { version } = z.object({ version: z.string() }).parse(JSON.parse(text));
  expect(foreshock(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([
  [['colour'], "foreshock: unknown command 'colour'"],
  [['run'], "foreshock: required option '--config <file>' not specified\n(see --help)"],
  [['completion', 'tcsh'], "foreshock: command-argument value 'tcsh' is invalid for argument 'shell'"],
  [['detekt'], "unknown command 'detekt'\n(Did you mean detect?)"],
  [['--colour'], "unknown option '--colour'"],
  [[], 'Usage: foreshock'],
])('%j is bad usage: exit 2, told on standard error', (args, message) => {
  const { code, stdout, stderr } = foreshock(args);
  expect(stderr).toContain(message);
  expect(stdout).toBe('');
  expect(code).toBe(2);
});
