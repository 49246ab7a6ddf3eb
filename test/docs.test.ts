import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it, test } from 'vitest';
import { createProgram } from '../cli/program.ts';
import { checkConfigFile } from '../config/check.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];

/** The code of a document: spans, and the lines of shell blocks. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```(?:sh|bash|shell|console)\n(.*?)^```/gms)];
  const lines = blocks.flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').split('\n'));
  const spans = text.replace(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g);
  return [...lines, ...[...spans].map(([, span = '']) => span.replaceAll('\n', ' '))];
}

/** What is typed after `foreshock`, without comments and what follows a pipe. */
function commandLines(text: string): string[] {
  const call = /^(?:\$ )?(?:npx )?(?:foreshock|node dist\/cli\/main\.js) (.*)$/;
  return codeOf(text)
    .map(code => call.exec(code.trim())?.[1]?.replace(/\s[#|>&].*$/, ''))
    .filter(line => line !== undefined && !line.startsWith('<'))
    .map(String);
}

/** What the program does not know of a command line: a command, or flags. */
function unknownIn(line: string): string[] {
  let command: Command = createProgram();
  const words = line.split(/\s+/);
  for (let next = find(command, words[0]); next !== undefined; next = find(command, words[0])) {
    command = next;
    words.shift();
  }
  const [first] = words;
  if (command.commands.length > 0 && first !== undefined && first !== '' && !first.startsWith('-'))
    return [first];
  const known = ['--help', '--version', ...command.options.map(({ long }) => long)];
  return words.flatMap(word => /^--[a-z][\w.-]*/.exec(word) ?? []).filter(flag => !known.includes(flag));
}

function find(command: Command, word: string | undefined): Command | undefined {
  return command.commands.find(each => each.name() === word);
}

function linksOf(text: string): string[] {
  return [...text.replace(/^```.*?^```/gms, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter(link => !/^([a-z]+:|#)/.test(link));
}

test('the reader of documents sees commands, flags and links', () => {
  const text =
    'Use `foreshock run --nope`.\n```sh\nforeshock dance  # --x\nforeshock detect \\\n  --fpr 1\n```\n[a](b.md#c)';
  expect(commandLines(text).map(unknownIn)).toEqual([['dance'], [], ['--nope']]);
  expect(linksOf(text)).toEqual(['b.md#c']);
});

describe.each(documents)('%s', file => {
  const text = read(file);

  it('names only commands and flags that exist', () => {
    const wrong = commandLines(text).filter(line => unknownIn(line).length > 0);
    expect(wrong).toEqual([]);
  });

  it('links only to files that exist', () => {
    const broken = linksOf(text).filter(
      link => !existsSync(path.resolve(root, path.dirname(file), decodeURI(link.replace(/#.*/, '')))),
    );
    expect(broken).toEqual([]);
  });
});

test('the README has commands and links to look at', () => {
  expect(commandLines(read('README.md')).length).toBeGreaterThan(0);
  expect(linksOf(read('README.md')).length).toBeGreaterThan(0);
});

test('the config of the README is a good one', () => {
  const yaml = /^```yaml\n(.*?)^```/ms.exec(read('README.md'))?.[1] ?? '';
  expect(yaml).toContain('prometheus:');
  const readFile = (name: string) => (name === '/foreshock.yaml' ? yaml : readFileSync(name, 'utf8'));
  const { mistakes, summary } = checkConfigFile('/foreshock.yaml', { env: {}, readFile });
  expect(mistakes).toEqual([]);
  expect(summary.length).toBeGreaterThan(0);
});
