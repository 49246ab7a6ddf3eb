import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../cli/exit.ts';
import { readSessions, TemplateNumbers } from '../../cli/session-lines.ts';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const normal = (i: number) => ['open', ...new Array<string>(1 + (i % 3)).fill('read'), 'close'];
const jsonl = (rows: readonly object[]) => rows.map(row => `${JSON.stringify(row)}\n`).join('');
const history = Array.from({ length: 900 }, (_, i) => ({ id: `n${i}`, templates: normal(i) }));
const train = () => temporaryFile('train.jsonl', jsonl(history));

function judge(input: string, trainFile = train(), ...flags: string[]) {
  return foreshock(['sessions', '--train', trainFile, '--input', '-', '--output', '-', ...flags], input);
}

function rowsOf(stdout: string): string[][] {
  const [header, ...lines] = stdout.trimEnd().split('\n');
  expect(header).toBe('id,score,p_value,anomaly');
  return lines.map(line => line.split(','));
}

describe('sessions', () => {
  it('come out one a row in the order of the input, with a score, a p-value and whether they are anomalous', () => {
    const { code, stdout, stderr } = judge(
      jsonl([
        { id: 'a', templates: ['open', 'read', 'close'] },
        { id: 'b', templates: ['open', 'disk on fire', 'close'] },
        { id: 'a', templates: ['open', 'read', 'read', 'close'] },
        { id: 7, templates: [] },
      ]),
    );
    expect(code).toBe(0);
    const rows = rowsOf(stdout);
    expect(rows.map(([id, , , anomaly]) => `${id} ${anomaly}`)).toEqual(['a 0', 'b 1', 'a 0', '7 1']);
    expect(rows.every(([, score, p]) => Number(score) >= 0 && Number(p) > 0 && Number(p) <= 1)).toBe(true);
    expect(Number(rows[1]![1])).toBeGreaterThan(Number(rows[0]![1]));
    expect(stderr).toMatch(/2 of 4 sessions are anomalous .* 900 normal ones.* 1 templates are new/);
  });

  it('are judged alike whatever a field label says', () => {
    const input = [{ id: 'a', templates: ['open', 'close'] }];
    const labelled = input.map(row => ({ ...row, label: 1 }));
    const labelledTrain = temporaryFile(
      't.jsonl',
      jsonl(history.map((row, i) => ({ label: i % 2, ...row }))),
    );
    expect(judge(jsonl(labelled), labelledTrain).stdout).toBe(judge(jsonl(input)).stdout);
  });

  it('may be CSV without a header, packed, with CRLF, BOM and quoted ids; templates are the same in both forms', () => {
    const numbers = { open: 5, read: 26, close: 9 } as const;
    const csv = history.map(
      ({ id, templates }) =>
        `"${id}",${templates.map(t => (t === 'open' || t === 'read' ? numbers[t] : 9)).join(' ')}\r\n`,
    );
    const packed = path.join(temporaryFolder(), 'train.csv.gz');
    writeFileSync(packed, gzipSync(`\uFEFF${csv.join('')}`));
    const { code, stdout } = judge(
      jsonl([
        { id: 'x', templates: [5, 26, 9] },
        { id: 'y', templates: ['5', '26', '9'] },
        { id: 'z', templates: [5, 9, 26] },
      ]),
      packed,
    );
    expect(code).toBe(0);
    const [x, y, z] = rowsOf(stdout);
    expect(x!.slice(1)).toEqual(y!.slice(1));
    expect([x![3], z![3]]).toEqual(['0', '1']);
  });

  it('are marked more often at a larger --fpr', () => {
    const input = jsonl(history);
    const marked = (fpr: string) =>
      rowsOf(judge(input, train(), '--fpr', fpr).stdout).filter(row => row[3] === '1');
    expect(marked('0.4').length).toBeGreaterThanOrEqual(marked('0.005').length);
  });

  it('are written to a file as a whole', () => {
    const output = path.join(temporaryFolder(), 'deep', 's.csv');
    const input = temporaryFile('in.csv', 'a,1 2 3\n\nb,\n');
    expect(foreshock(['sessions', '--train', train(), '--input', input, '--output', output]).code).toBe(0);
    expect(rowsOf(readFileSync(output, 'utf8')).map(([id]) => id)).toEqual(['a', 'b']);
  });

  it('that are few for the stated share come with a word on it', () => {
    const few = temporaryFile('few.jsonl', jsonl(history.slice(0, 20)));
    expect(judge('', few).stderr).toMatch(/20 normal sessions cannot show what happens in 0.005 of them/);
  });
});

describe('bad input is told with file and line, exit code 2', () => {
  const broken: readonly (readonly [string, RegExp])[] = [
    ['{"id":"a","templates":[1]}\n{"id":"a","templates":[1}\n', /x:2: not JSON/],
    ['{"id":"a"}\n', /x:1: the line must be \{"id": \.\.\., "templates": \[\.\.\.\]\}/],
    ['{"id":"a","templates":"x"}\n', /x:1: "templates" must be a list/],
    ['{"id":"a","templates":[1,null]}\n', /x:1: templates\[1\] is null/],
    ['{"id":["a"],"templates":[1]}\n', /x:1: "id" must be a text or a number/],
    ['[1]\n', /x:1: the line must be/],
    ['a,1 2\nb,1 x\n', /x:2: "x" is not the number of a template/],
    ['a,1 2\nb 1 2\n', /x:2: must be id,template numbers/],
    ['a,1,2\n', /x:1: must be id,template numbers/],
  ];
  for (const [text, told] of broken)
    it(JSON.stringify(text), async () => {
      const file = temporaryFile('x', text);
      const read = async () => {
        for await (const { id } of readSessions(file, new TemplateNumbers())) expect(id).toMatch(/^a?$/);
      };
      await expect(read()).rejects.toThrow(InputError);
      await expect(read()).rejects.toThrow(told);
    });

  it('which goes to standard error, without a stack, and nothing else comes out', () => {
    const { code, stdout, stderr } = judge('{"id":"a","templates":[1]}\n{"id":"a"');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^foreshock: -:2: not JSON .*\n$/);
  });

  it('a file that is not there, is empty, or is no gzip though it says so', () => {
    expect(judge('', '/nowhere/x.jsonl')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/\/nowhere\/x\.jsonl: cannot be read \(ENOENT\)/),
    });
    expect(judge('', temporaryFile('none.jsonl', ''))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/none\.jsonl: 0 sessions/),
    });
    expect(judge('', temporaryFile('bad.csv.gz', 'a,1'))).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/bad\.csv\.gz: cannot be read/),
    });
  });

  it('a rate that is none, and one standard input for two files', () => {
    expect(judge('', train(), '--fpr', '5').stderr).toMatch(/--fpr 5: must be a share/);
    expect(judge('', '-').stderr).toMatch(/cannot both be standard input/);
  });
});
