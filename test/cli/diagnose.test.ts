import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const edge = 'pay/v2 @eu.example:8080';
const store = 'orders@db.example_Database::SQL';
const onset = 3630;

/** An hour of usual minutes, then five in which `store` answers slowly; the first and the last column's cells may be missing. */
function metrics(slow = 30): string {
  const lines = [`timestamp,${edge}{latency_p99},${edge}{requests_Sum},${store}{latency_p99}`];
  for (let row = 0; row <= 65; row++) {
    const wobble = 1 + (row % 4) / 50;
    const factor = row > 60 ? slow : 1;
    const own = row % 7 === 3 ? '' : 0.1 * wobble + 0.01 * (factor - 1);
    lines.push(`${60 * row},${own},${100 * wobble},${0.01 * wobble * factor}`);
  }
  return `${lines.join('\n')}\n`;
}

const topology = () => temporaryFile('topology.json', JSON.stringify({ edges: [{ from: edge, to: store }] }));

function diagnose(text: string, ...flags: string[]) {
  return foreshock(['diagnose', '--metrics', '-', '--output', '-', ...flags], text);
}

describe('diagnose', () => {
  it('ranks the services, best first, with the evidence of each signal', () => {
    const { code, stdout, stderr } = diagnose(
      metrics(),
      '--onset',
      String(onset),
      '--topology',
      topology(),
      '--target',
      `${edge}{latency_p99}`,
    );
    expect(code).toBe(0);
    const { services, signals } = JSON.parse(stdout);
    expect(services[0]).toEqual({ name: store, score: expect.any(Number) });
    expect(signals[0]).toMatchObject({ service: store, signal: 'latency_p99', score: services[0].score });
    expect(signals[0].evidence.join('; ')).toContain('explains the trouble of pay/v2');
    expect(stderr).toContain(`${store} is the most likely cause`);
    expect(stderr).toContain('latency_p99 rose from 0.0102 to 0.3');
  });

  it('answers an empty list when nothing is wrong, and says so', () => {
    const { code, stdout, stderr } = diagnose(metrics(1), '--onset', String(onset));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ services: [], signals: [] });
    expect(stderr).toContain('nothing is wrong around 1970-01-01 01:00:30 UTC');
  });

  it('reads packed files and writes the answer to a file', () => {
    const folder = temporaryFolder();
    const packed = path.join(folder, 'metrics.csv.gz');
    const output = path.join(folder, 'ranking.json');
    writeFileSync(packed, gzipSync(metrics()));
    const { code } = foreshock([
      'diagnose',
      '--metrics',
      packed,
      '--onset',
      '1970-01-01T01:00:30Z',
      '--output',
      output,
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(readFileSync(output, 'utf8')).services[0].name).toBe(store);
  });

  it('says how much could not be read', () => {
    const { stderr } = diagnose('timestamp,a{x}\n0,inf\n60,1\n', '--onset', '0');
    expect(stderr).toContain('1 infinite value was read as missing');
    expect(stderr).toContain('a: too few rows before or after the onset');
  });
});

describe('what diagnose refuses, with exit code 2', () => {
  it.each([
    ['timestamp,ok{x},plain\n0,1,2\n', '-:1:17: column "plain" must be <service>{<signal>}'],
    ['timestamp,{x}\n0,1\n', '-:1:11: column "{x}" must be'],
    ['timestamp,a{}\n0,1\n', '-:1:11: column "a{}" must be'],
    ['timestamp,a{x} tail\n0,1\n', '-:1:11: column "a{x} tail" must be'],
    ['time,a{x}\n0,1\n', '-:1:1: the first column must be "timestamp"'],
    ['timestamp,a{x}\n0,many\n', '-:2 column "a{x}": "many" is not a number'],
    ['timestamp,a{x}\n60,1\n0,1\n', '-:3:1: timestamp 0 lies before'],
    ['timestamp,a{x}\n', 'there is no row of values'],
    ['', 'the file is empty'],
  ])('%j', (text, told) => {
    const { code, stderr, stdout } = diagnose(text, '--onset', '0');
    expect(stderr).toContain(told);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });

  it.each([
    [['--onset', 'yesterday'], '--onset yesterday: not a timestamp'],
    [['--onset', '90000'], 'lies outside of -, which goes from 1970-01-01T00:00:00Z to 1970-01-01T01:05:00Z'],
    [['--onset', '3630', '--target', 'pay'], '--target pay: must be <service>{<signal>}'],
    [['--onset', '3630', '--target', 'nobody{x}'], 'no service "nobody"; there are pay/v2'],
    [['--onset', '3630', '--topology', '/nowhere.json'], '/nowhere.json: cannot be read'],
  ])('%j', (flags, told) => {
    const { code, stderr } = diagnose(metrics(), ...flags);
    expect(stderr).toContain(told);
    expect(code).toBe(2);
  });
});
