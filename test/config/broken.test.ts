import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkConfigFile, checkPackFile } from '../../config/check.ts';
import { formatMistake } from '../../config/mistake.ts';
import { builtinPacks } from '../../config/pack.ts';

const expected = z
  .record(z.string(), z.array(z.string()))
  .parse(JSON.parse(readFileSync(new URL('./broken-expected.json', import.meta.url), 'utf8')));
const folder = fileURLToPath(new URL('./broken/', import.meta.url));
const context = {
  env: {},
  readFile: (path: string) => readFileSync(path, 'utf8'),
  detectors: [
    { name: 'robust-z', options: z.strictObject({ top: z.int().min(1).max(64).default(3) }) },
    { name: 'isolation-forest', options: z.strictObject({ trees: z.int().min(1).default(100) }) },
  ],
  logCollectors: [
    { name: 'file_tail', options: z.strictObject({ paths: z.array(z.string()).min(1) }) },
    { name: 'kafka', options: z.strictObject({ brokers: z.array(z.string()) }) },
  ],
};

/** All packs that come with foreshock, as an error lists them. */
const listed = `known: ${[...builtinPacks().keys()].join(', ')}`;

function told(name: string): string[] {
  const check =
    name.startsWith('pack-') && !/pack-(twice|and-file|file-missing)/.test(name)
      ? checkPackFile
      : checkConfigFile;
  const { mistakes } = check(`${folder}${name}.txt`, context);
  return mistakes.map(mistake => {
    const file = basename(mistake.file, '.txt');
    const text = formatMistake({ ...mistake, file }).replace(listed, 'known: ...');
    return file === name ? text.slice(name.length + 1) : text;
  });
}

test('every broken file is expected', () => {
  const files = readdirSync(folder).map(file => basename(file, '.txt'));
  expect(files.sort()).toEqual(Object.keys(expected).sort());
});

test.each(Object.entries(expected))('%s is told with its place', (name, lines) => {
  expect(told(name)).toEqual(lines);
});
