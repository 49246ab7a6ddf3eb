import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { describe, expect, it, test } from 'vitest';
import { type InitFindings, initConfig } from '../cli/init-config.ts';
import { createProgram } from '../cli/program.ts';
import { checkConfigFile } from '../config/check.ts';
import { foreshock, temporaryFile, temporaryFolder } from './cli/command.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
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

  it('names only files of ours that exist', () => {
    const named = codeOf(text).filter(code => /^[a-z]+\/[\w./-]+\.(ts|yml|yaml|md|json)$/.test(code));
    expect(named.filter(name => !existsSync(path.join(root, name)))).toEqual([]);
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

/** The configs of a document; what is only a part of one is set beside a source and a pack. */
function configsOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, block = '']) => block);
  return blocks.map(block => {
    const source = /^prometheus:/m.test(block) ? '' : 'prometheus: {url: "http://127.0.0.1:9090"}\n';
    const packs = /^packs:/m.test(block) ? '' : 'packs: [node]\n';
    return source + packs + block;
  });
}

/** A pack that a document shows. */
function packOf(text: string): string {
  return /^```yml\n(pack:.*?)^```/ms.exec(text)?.[1] ?? '';
}

test('the pack of the how-to is good', () => {
  const shown = packOf(read('docs/how-to/own-pack.md'));
  expect(foreshock(['check', 'pack', temporaryFile('queue.yaml', shown)])).toMatchObject({ code: 0 });
});

test('what init writes as comments is a config, too', () => {
  const findings: InitFindings = {
    url: 'http://127.0.0.1:9090',
    access: {},
    alertmanager: undefined,
    scrape: { interval: 15_000, from: 'told' },
    packs: [
      {
        pack: 'node',
        title: 'Hosts',
        params: {},
        scrapeInterval: undefined,
        variant: undefined,
        classes: [],
        reads: [],
        firstReads: [],
        also: [],
      },
    ],
  };
  const written = initConfig(findings, 15_000);
  const told = written.replaceAll(/^# ?(?=[a-z_]+: \{|logs:$| {2}- \{)/gm, '');
  expect(told).toContain('\nlogs:\n  - {name: app');
  const { code, stderr } = foreshock(['check', 'config', temporaryFile('foreshock.yaml', told)]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

const configured = [
  'README.md',
  'docs/delivery.md',
  'docs/capacity-report.md',
  'docs/grafana.md',
  'docs/quick-start.md',
  ...documents.filter(file => file.startsWith('docs/how-to/') && configsOf(read(file)).length > 0),
];
describe.each(configured)('the configs of %s', file => {
  it.each(configsOf(read(file)))('are good: %s', yaml => {
    const readFile = (name: string) => {
      if (name === '/foreshock.yaml') return yaml;
      if (yaml.includes(`file: ${path.basename(name)}`)) return packOf(read(file));
      return existsSync(name) ? readFileSync(name, 'utf8') : 'what the file holds';
    };
    const { mistakes, summary } = checkConfigFile('/foreshock.yaml', { env: {}, readFile });
    expect(mistakes).toEqual([]);
    expect(summary.length).toBeGreaterThan(0);
  });
});

describe('what the README tells to type', () => {
  const [config = ''] = configsOf(read('README.md'));
  const lines = commandLines(read('README.md'));

  it('is known here, line by line', () => {
    expect(lines).toEqual([
      expect.stringMatching(/^check config foreshock\.yaml\s*$/),
      expect.stringMatching(/^run --config foreshock\.yaml --dry-run\s*$/),
      expect.stringMatching(/^run --config foreshock\.yaml\s*$/),
      'report capacity --config foreshock.yaml --out reports',
      'forecast --input disk.csv --horizon 30d --limit 500e9 --output forecast.csv',
      'init --prometheus http://127.0.0.1:9090',
      expect.stringMatching(/^models list --config foreshock\.yaml\s*$/),
    ]);
  });

  it('finds the five lines good', () => {
    const outcome = foreshock(['check', 'config', temporaryFile('foreshock.yaml', config)]);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  });

  it('tells when the disk is full', () => {
    const day = 86_400_000;
    const row = (i: number) => `${new Date(i * day).toISOString()},${4e11 + i * 1.2e9 + (i % 7) * 1e8}\n`;
    const input = temporaryFile(
      'disk.csv',
      `timestamp,value\n${Array.from({ length: 61 }, (_, i) => row(i)).join('')}`,
    );
    const output = path.join(temporaryFolder(), 'forecast.csv');
    const words = lines.find(line => line.startsWith('forecast'))?.split(' ') ?? [];
    const outcome = foreshock(
      words.map(word => (word === 'disk.csv' ? input : word === 'forecast.csv' ? output : word)),
    );
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(outcome.stdout)).toMatchObject({ steps: 30, exhaustion: { state: 'fills' } });
    expect(readFileSync(output, 'utf8').split('\n')).toHaveLength(32);
  });

  it.each([['--dry-run'], []])('runs with the five lines, and ends when told to: %s', async (...flags) => {
    const folder = temporaryFolder();
    const own = `web: {listen: "127.0.0.1:0"}\nstorage: {path: "${folder}/state"}\n`;
    const file = temporaryFile('foreshock.yaml', config + own);
    const child = spawn(process.execPath, [
      path.join(root, 'dist/cli/main.js'),
      'run',
      '--config',
      file,
      ...flags,
    ]);
    const said: string[] = [];
    const ended = new Promise(resolve => child.once('exit', resolve));
    const listening = new Promise<void>(resolve => {
      const take = (text: Buffer) => {
        said.push(String(text));
        if (said.join('').includes('listening on')) resolve();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
    });
    await Promise.race([listening, ended]);
    child.kill('SIGTERM');
    expect(await ended, said.join('')).toBe(0);
    expect(said.join('')).toContain('listening on');
    expect(foreshock(['models', 'list', '--config', file])).toMatchObject({ code: 0 });
  });
});
