import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { foreshock, temporaryFile, temporaryFolder } from './command.ts';

const lineSchema = z.strictObject({
  id: z.string(),
  startsAt: z.iso.datetime(),
  endsAt: z.iso.datetime().nullable(),
  alerts: z.array(z.int().min(0)),
  suspects: z.array(
    z.strictObject({
      entity: z.record(z.string(), z.string()),
      signal: z.string(),
      score: z.number(),
      evidence: z.array(z.string()).min(1),
    }),
  ),
  escalation: z.strictObject({ p: z.number().min(0).max(1), drivers: z.array(z.string()) }).nullable(),
  notifications: z.array(z.strictObject({ at: z.iso.datetime(), why: z.string() })),
});

interface Given {
  readonly minute: number;
  readonly until?: number;
  readonly labels: Readonly<Record<string, string>>;
}

const start = Date.UTC(2024, 0, 1);
const at = (minute: number) => new Date(start + 60_000 * minute).toISOString();

function alert({ minute, until, labels }: Given): string {
  return JSON.stringify({
    labels,
    startsAt: at(minute),
    ...(until === undefined ? {} : { endsAt: at(until) }),
  });
}

const high = (service: string) => ({ alertname: 'HighLatency', service });

function correlate(lines: readonly string[], topology?: unknown) {
  const alerts = temporaryFile('a.jsonl', lines.map(line => `${line}\n`).join(''));
  const flags =
    topology === undefined ? [] : ['--topology', temporaryFile('t.json', JSON.stringify(topology))];
  const { code, stdout, stderr } = foreshock(['correlate', '--alerts', alerts, ...flags, '--output', '-']);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(code).toBe(0);
  const incidents = stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => lineSchema.parse(JSON.parse(line)));
  const numbers = incidents.flatMap(incident => incident.alerts);
  expect(new Set(numbers).size).toBe(numbers.length);
  for (const number of numbers) expect(number).toBeLessThan(lines.length);
  return { incidents, stderr };
}

describe('a storm along the calls', () => {
  const storm = [
    alert({ minute: 0, until: 20, labels: high('db') }),
    alert({ minute: 1 / 3, until: 20, labels: high('cart') }),
    alert({ minute: 2 / 3, until: 20, labels: high('shop') }),
  ];
  const topology = {
    nodes: [{ id: 'db' }, { id: 'cart' }, { id: 'shop' }],
    edges: [
      { from: 'shop', to: 'cart' },
      { from: 'cart', to: 'db' },
    ],
  };

  it('is one incident, whose first suspect is the service that all of them call', () => {
    const { incidents, stderr } = correlate(storm, topology);
    expect(incidents).toHaveLength(1);
    expect(incidents[0]).toMatchObject({ alerts: [0, 1, 2], startsAt: at(0), endsAt: at(20) });
    expect(incidents[0]?.suspects[0]?.entity).toEqual({ service: 'db' });
    expect(stderr).toMatch(/^3 alerts became 1 incidents and \d+ notifications$/m);
  });

  it('is told fewer times than alerts came, never before it was known, and in order', () => {
    const told = correlate(storm, topology).incidents.flatMap(({ notifications }) => notifications);
    expect(told.length).toBeLessThan(storm.length * 2);
    for (const { at: time } of told) expect(Date.parse(time)).toBeGreaterThanOrEqual(start);
    expect(told.map(({ at: time }) => time).sort()).toEqual(told.map(({ at: time }) => time));
  });

  it('does not depend on the order of the lines', () => {
    const { incidents } = correlate([...storm].reverse(), topology);
    expect(incidents.map(({ alerts }) => alerts)).toEqual([[0, 1, 2]]);
    expect(incidents[0]?.suspects[0]?.entity).toEqual({ service: 'db' });
  });

  it('has the same answer twice', () => {
    expect(correlate(storm, topology)).toEqual(correlate(storm, topology));
  });
});

describe('odd alerts', () => {
  it('without any label stand in an incident', () => {
    expect(correlate([alert({ minute: 0, labels: {} })]).incidents[0]?.alerts).toEqual([0]);
  });

  it('of the far future neither wait nor join what is now', () => {
    const lines = [alert({ minute: 0, labels: high('cart') }), alert({ minute: 4e7, labels: high('cart2') })];
    expect(correlate(lines).incidents.map(({ alerts }) => alerts)).toEqual([[0], [1]]);
  });

  it('that were resolved before they fired end as they begin', () => {
    const { incidents } = correlate([alert({ minute: 10, until: 5, labels: high('cart') })]);
    expect(incidents[0]).toMatchObject({ startsAt: at(10), endsAt: at(10), alerts: [0] });
  });

  it('that stand twice are one thing to the reader', () => {
    const line = alert({ minute: 0, until: 5, labels: high('cart') });
    const once = correlate([line]).incidents;
    const twice = correlate([line, line]).incidents;
    expect(twice.map(({ alerts }) => alerts)).toEqual([[0, 1]]);
    expect(twice[0]?.notifications).toEqual(once[0]?.notifications);
  });

  it('that still fire leave the incident open', () => {
    expect(correlate([alert({ minute: 0, labels: high('cart') })]).incidents[0]?.endsAt).toBeNull();
  });

  it('may be none at all', () => {
    expect(correlate([]).incidents).toEqual([]);
  });

  it('are read from standard input', () => {
    const { code, stdout } = foreshock(
      ['correlate', '--alerts', '-', '--output', '-'],
      `${alert({ minute: 0, labels: high('cart') })}\n`,
    );
    expect(code).toBe(0);
    expect(lineSchema.parse(JSON.parse(stdout)).alerts).toEqual([0]);
  });
});

test('a topology may have cycles, self-loops, double edges and names that no alert knows', () => {
  const edges = ['cart cart', 'cart db', 'cart db', 'db cart', 'x y', 'y x', 'nowhere cart']
    .map(edge => edge.split(' '))
    .map(([from, to]) => ({ from, to }));
  const lines = [alert({ minute: 0, labels: high('cart') }), alert({ minute: 1 / 3, labels: high('db') })];
  const { incidents } = correlate(lines, { nodes: [{ id: 'cart' }, { id: 'lonely' }], edges });
  expect(incidents.map(({ alerts }) => alerts)).toEqual([[0, 1]]);
});

describe('bad input is exit 2, with its line, and writes nothing', () => {
  const good = alert({ minute: 0, labels: high('cart') });

  test.each([
    ['broken JSON', [good, '{"labels": '], 'a.jsonl:2', 'not JSON'],
    ['no labels', [good, '', '{"startsAt": 1}'], 'a.jsonl:3', 'labels: '],
    ['no time', [good, '{"labels": {}}'], 'a.jsonl:2', 'startsAt: '],
    [
      'a wrong time',
      ['{"labels": {}, "startsAt": "soon"}'],
      'a.jsonl:1',
      'startsAt: "soon" is not a timestamp',
    ],
  ])('%s', (_, lines, place, message) => {
    const alerts = temporaryFile('a.jsonl', lines.join('\n'));
    const output = path.join(temporaryFolder(), 'out.jsonl');
    const { code, stdout, stderr } = foreshock(['correlate', '--alerts', alerts, '--output', output]);
    expect(stderr).toContain(place);
    expect(stderr).toContain(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it.each([
    ['{', 'not JSON'],
    ['{"edges": [{"from": "a"}]}', 'edges.0.to: '],
  ])('the topology %s', (text, message) => {
    const topology = temporaryFile('t.json', text);
    const { code, stderr } = foreshock(
      ['correlate', '--alerts', '-', '--topology', topology, '--output', '-'],
      good,
    );
    expect(stderr).toContain(`foreshock: ${topology}`);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});
