import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foreshock, temporaryFolder } from './command.ts';

const users = ['root', 'cyrus', 'news', 'test', 'guest'];
const syslog = Array.from(
  { length: 100 },
  (_, k) =>
    `Jun 14 15:${10 + (k % 50)}:01 combo sshd[${k}]: ${k % 2 === 0 ? `session closed for user ${users[k % 5]}` : `took ${k} ms`}`,
).join('\n');

interface Row {
  readonly line: number;
  readonly id: string;
  readonly template: string;
}

function rowsOf(csv: string): Row[] {
  const [header, ...rows] = csv.trimEnd().split('\n');
  expect(header).toBe('line,template_id,template');
  return rows.map(row => {
    const [line, id, ...template] = row.split(',');
    return { line: Number(line), id: id!, template: template.join(',') };
  });
}

/** Runs the command on a text or on bytes, and answers its rows and what it said. */
function templatesOf(input: string | Uint8Array, flags: readonly string[] = []) {
  const folder = temporaryFolder();
  const file = path.join(folder, 'app.log');
  const output = path.join(folder, 'out.csv');
  writeFileSync(file, input);
  const { code, stderr } = foreshock(['templates', '--input', file, '--output', output, ...flags]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return { rows: rowsOf(readFileSync(output, 'utf8')), stderr };
}

describe('foreshock templates', () => {
  it('gives each line, from 1 on, the template that it belongs to when all lines are known', () => {
    const { rows, stderr } = templatesOf(`${syslog}\n`);
    expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: 100 }, (_, k) => k + 1));
    expect(new Set(rows.map(({ template }) => template))).toEqual(
      new Set(['session closed for user <*>', 'took <*>']),
    );
    expect(new Set(rows.map(({ id }) => id)).size).toBe(2);
    expect(stderr).toContain('100 lines, 2 templates; a header was found in 100 lines');
  });

  it('reads standard input and writes standard output', () => {
    const { code, stdout } = foreshock(['templates', '--input', '-', '--output', '-'], 'a 1\na 2\n');
    expect(code).toBe(0);
    const rows = rowsOf(stdout);
    expect(rows.map(({ template }) => template)).toEqual(['a <*>', 'a <*>']);
  });

  it('reads gzip, of several members too', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'app.log.gz');
    writeFileSync(file, Buffer.concat([gzipSync('a 1\nb '), gzipSync('2\n')]));
    const { stdout } = foreshock(['templates', '--input', file, '--output', '-']);
    expect(rowsOf(stdout).map(({ template }) => template)).toEqual(['a <*>', 'b <*>']);
  });

  it('writes the same bytes each time', () => {
    expect(templatesOf(syslog).rows).toEqual(templatesOf(syslog).rows);
  });

  it('finds the message of JSON lines among lines of text', () => {
    const lines = [
      '{"level":"info","message":"job 1 done"}',
      '{"@timestamp":"2026-01-01T00:00:00Z","log.level":"warn","msg":"job 2 done"}',
      '{"log":"2026-01-01 00:00:00 INFO job 3 done\\n","stream":"stdout"}',
      '{"body":{"stringValue":"job 4 done"},"severityText":"INFO"}',
      'job 5 done',
    ];
    const { rows, stderr } = templatesOf(lines.join('\n'));
    expect(rows.map(({ template }) => template)).toEqual(lines.map(() => 'job <*> done'));
    expect(stderr).toContain('4 lines are JSON with a message');
  });

  it('reads as text what is not JSON under --format json, and says how many lines', () => {
    const { rows, stderr } = templatesOf('{"message":"job 1 done"}\n{"message":\njob 2 done', [
      '--format',
      'json',
    ]);
    expect(rows.map(({ template }) => template)).toEqual(['job <*> done', '"{""<*>"":"', 'job <*> done']);
    expect(stderr).toContain('2 lines are no JSON object with a message');
  });

  it('looks for no JSON under --format text', () => {
    const { rows } = templatesOf('{"message":"job 1 done"}', ['--format', 'text']);
    expect(rows[0]!.template).not.toBe('job <*> done');
  });

  it('puts templates with commas and quotes into quotes', () => {
    expect(templatesOf('say "a b", then c').rows[0]!.template).toBe('"say ""<*>"", then c"');
  });
});

describe('foreshock templates takes any input', () => {
  it('line ends of Windows, empty lines, and no line end at the end', () => {
    const { rows } = templatesOf('a 1\r\n\r\na 2\r\n   \na 3');
    expect(rows.map(({ template }) => template)).toEqual(['a <*>', '', 'a <*>', '', 'a <*>']);
  });

  it('an empty file', () => {
    const { rows, stderr } = templatesOf('');
    expect(rows).toEqual([]);
    expect(stderr).toContain('0 lines, 0 templates');
  });

  it('bytes that are not UTF-8, and says in how many lines', () => {
    const bytes = Buffer.concat([
      Buffer.from('a 1\n'),
      Buffer.from([0xff, 0xfe, 0x00, 0x0a]),
      Buffer.from('a 2\n'),
    ]);
    const { rows, stderr } = templatesOf(bytes);
    expect(rows).toHaveLength(3);
    expect(rows[2]!.template).toBe('a <*>');
    expect(stderr).toContain('1 line is not UTF-8');
  });

  it('a binary file', () => {
    const bytes = Uint8Array.from({ length: 1 << 20 }, (_, k) => (k * 7919 + (k >> 5) * 31) & 255);
    const lines = bytes.filter(byte => byte === 10).length + (bytes.at(-1) === 10 ? 0 : 1);
    expect(templatesOf(bytes).rows.at(-1)!.line).toBe(lines);
  });

  it('lines of ten megabytes, and says that they were cut', () => {
    const { rows, stderr } = templatesOf(`a 1\n${'x y '.repeat(2_500_000)}\na 2`);
    expect(rows).toHaveLength(3);
    expect(rows[2]!.template).toBe('a <*>');
    expect(stderr).toContain('1 line is longer than 1 MiB');
  });

  it.each([
    [
      'a file that is not there',
      ['--input', '/nowhere/x.log', '--output', '-'],
      '/nowhere/x.log: cannot be read (ENOENT)',
    ],
    ['a folder', ['--input', '/', '--output', '-'], '/: cannot be read (EISDIR)'],
    [
      'another format',
      ['--input', '-', '--format', 'xml', '--output', '-'],
      '--format xml: must be json or text',
    ],
  ])('%s is exit 2', (_, flags, message) => {
    const { code, stderr } = foreshock(['templates', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('gzip that is cut is exit 2, and the output that was there stays', () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'app.log.gz');
    const output = path.join(folder, 'out.csv');
    writeFileSync(output, 'before');
    writeFileSync(file, gzipSync(syslog).subarray(0, 100));
    const { code, stderr } = foreshock(['templates', '--input', file, '--output', output]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}: cannot be read`);
    expect(readFileSync(output, 'utf8')).toBe('before');
  });
});
