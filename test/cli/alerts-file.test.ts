import { expect, test } from 'vitest';
import { parseAlertLines, parseTopology } from '../../cli/alerts-file.ts';
import { InputError } from '../../cli/exit.ts';

const labels = { alertname: 'High', service: 'cart' };
const line = (more: object) => JSON.stringify({ labels, startsAt: '2024-01-01T00:00:00Z', ...more });

function complaint(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'none';
}

test('an alert needs labels and startsAt only; what Alertmanager adds is passed over', () => {
  const extra = {
    status: { state: 'active' },
    receivers: [{ name: 'team' }],
    fingerprint: 'x',
    updatedAt: 'y',
  };
  const [bare, full] = parseAlertLines(`${line({})}\n${line(extra)}\n`, 'a.jsonl');
  expect(bare).toMatchObject({ labels, annotations: {}, startsAt: Date.UTC(2024, 0, 1), endsAt: undefined });
  expect(full).toEqual(bare);
});

test.each([
  ['no endsAt', {}, undefined],
  ['null', { endsAt: null }, undefined],
  ["Go's zero time", { endsAt: '0001-01-01T00:00:00Z' }, undefined],
  ['a time', { endsAt: '2024-01-01T00:01:00.123456789Z' }, Date.UTC(2024, 0, 1, 0, 1, 0, 123)],
  ['Unix seconds', { endsAt: 1704067260 }, Date.UTC(2024, 0, 1, 0, 1)],
])('the end is read from %s', (_, more, endsAt) => {
  expect(parseAlertLines(line(more), 'a.jsonl')[0]?.endsAt).toBe(endsAt);
});

test('blank lines, CRLF and a byte order mark are no alerts', () => {
  expect(parseAlertLines(`\uFEFF${line({})}\r\n\r\n  \n${line({})}`, 'a.jsonl')).toHaveLength(2);
  expect(parseAlertLines('', 'a.jsonl')).toEqual([]);
});

test.each([
  ['{"labels": {}, }', /^a\.jsonl:3:16: not JSON/],
  ['{"labels": {}', /^a\.jsonl:3(:\d+)?: not JSON/],
  ['[]', /^a\.jsonl:3: Invalid input: expected object/],
  ['{"startsAt": 1}', /^a\.jsonl:3: labels: /],
  [line({ labels: { a: 1 } }), /^a\.jsonl:3: labels\.a: /],
  [line({ startsAt: 'noon' }), /^a\.jsonl:3: startsAt: "noon" is not a timestamp/],
  [line({ startsAt: 1e300 }), /^a\.jsonl:3: startsAt: "1e\+300" is not a timestamp/],
  [line({ endsAt: 'noon' }), /^a\.jsonl:3: endsAt: "noon" is not a timestamp/],
])('%s is told with its line', (bad, message) => {
  expect(complaint(() => parseAlertLines(`${line({})}\n\n${bad}\n`, 'a.jsonl'))).toMatch(message);
});

test('a topology may leave out nodes, kinds and labels', () => {
  expect(parseTopology('{"edges": [{"from": "a", "to": "b"}]}', 't.json')).toEqual({
    nodes: [],
    edges: [{ from: 'a', to: 'b' }],
  });
  const nodes = [{ id: 'a', kind: 'service', labels: { zone: 'x' } }, { id: 'b' }];
  expect(parseTopology(JSON.stringify({ nodes }), 't.json').nodes).toEqual(nodes);
});

test.each([
  ['{\n  "nodes" []}\n', /^t\.json:2:11: not JSON/],
  ['{"nodes": [{}]}', /^t\.json: nodes\.0\.id: /],
  ['{"edges": [{"from": "a"}]}', /^t\.json: edges\.0\.to: /],
  ['[]', /^t\.json: Invalid input: expected object/],
])('the topology %j is refused', (text, message) => {
  expect(complaint(() => parseTopology(text, 't.json'))).toMatch(message);
});
