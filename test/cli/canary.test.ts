import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../core/random.ts';
import type { Series } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { sourceTarget } from '../server/source-target.ts';
import { foreshock, foreshockBeside, temporaryFile } from './command.ts';

const step = 15_000;
const count = 200;
const start = Date.UTC(2026, 2, 1, 10);
const end = start + (count - 1) * step;

/** Requests of one version, of which a share fails. */
function requests(version: string, share: number): Series[] {
  const random = createRandom(version.length + version.charCodeAt(1));
  const t = Float64Array.from({ length: count }, (_, i) => start + i * step);
  const [good, bad] = [new Float64Array(count), new Float64Array(count)];
  for (let i = 1; i < count; i++) {
    const rate = 300 * (1 + 0.3 * Math.sin(i / 30)) * (0.9 + 0.2 * random());
    good[i] = good[i - 1]! + rate * (1 - share);
    bad[i] = bad[i - 1]! + rate * share * (0.8 + 0.4 * random());
  }
  const labels = { __name__: 'http_requests_total', job: 'shop', service: 'checkout', version };
  return [
    { labels: { ...labels, code: '200' }, t, v: good },
    { labels: { ...labels, code: '500' }, t, v: bad },
  ];
}

describe('of a Prometheus', () => {
  let server: Server;
  let config: string;

  beforeAll(async () => {
    const series = [...requests('v1', 0.001), ...requests('v2', 0.001), ...requests('v3', 0.08)];
    server = createServer({
      state: {
        incidents: () => [],
        incident: () => undefined,
        watch: () => ({ classes: [], unusual: { total: 0, rows: [] }, sources: [], budget: undefined }),
        health: () => ({ healthy: true, ready: true, reasons: [] }),
      },
      registry: createMetrics().registry,
      results: sourceTarget(createEvaluator(series, { lookback: 300_000 }), end),
      routes: [],
      log: () => undefined,
    });
    const { url } = await server.listen('127.0.0.1:0');
    config = `prometheus: {url: "${url}"}\npacks: [service]\n`;
  });

  afterAll(() => server.close());

  function canary(version: string) {
    const file = temporaryFile('foreshock.yaml', config);
    const matchers = (of: string) => `service="checkout",version="${of}"`;
    const flags = ['--baseline', matchers('v1'), '--canary', matchers(version), '--to', `${end / 1000}`];
    return foreshockBeside(['canary', '--config', file, ...flags, '--last', '30m']);
  }

  it('a version that fails more often is worse, and says by how much', async () => {
    const { code, stdout, stderr } = await canary('v3');
    expect(code).toBe(1);
    const { verdict, signals } = JSON.parse(stdout);
    expect(verdict).toBe('fail');
    const ratio = signals.find((each: { signal: string }) => each.signal === 'error_ratio');
    expect(ratio).toMatchObject({ class: 'service/service', verdict: 'worse', margin: 0.02 });
    expect(ratio.shift).toBeGreaterThan(0.07);
    expect(ratio.shift).toBeLessThan(0.09);
    expect(stderr).toContain('worse   service/service error_ratio: ');
  });

  it('a version like the old one passes', async () => {
    const { code, stdout } = await canary('v2');
    expect(JSON.parse(stdout).verdict).toBe('pass');
    expect(code).toBe(0);
  });

  it('a version without samples is not let through', async () => {
    const { code, stdout } = await canary('v9');
    expect(JSON.parse(stdout).verdict).toBe('inconclusive');
    expect(code).toBe(1);
  });
});

describe('of two files', () => {
  const rows = (of: (i: number) => number) =>
    `timestamp,errors\n${Array.from({ length: 100 }, (_, i) => `${1772359200 + 15 * i},${of(i)}`).join('\n')}\n`;
  const random = createRandom(7);

  it('columns of one name are compared at the same times', () => {
    const baseline = temporaryFile(
      'a.csv',
      rows(() => 10 + random()),
    );
    const worse = temporaryFile(
      'b.csv',
      rows(() => 20 + random()),
    );
    const { code, stdout } = foreshock(['canary', '--baseline', baseline, '--canary', worse]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'fail',
      from: '2026-03-01T10:00:00Z',
      signals: [{ signal: 'errors', verdict: 'worse' }],
    });
  });

  it('files without a common column are bad input', () => {
    const baseline = temporaryFile(
      'a.csv',
      rows(() => 1),
    );
    const other = temporaryFile('b.csv', 'timestamp,latency\n1772359200,1\n');
    const { code, stderr } = foreshock(['canary', '--baseline', baseline, '--canary', other]);
    expect(code).toBe(2);
    expect(stderr).toContain('no column of the same name');
  });
});

describe('bad usage is told with what would do', () => {
  it('a file without a row', () => {
    const empty = temporaryFile('a.csv', 'timestamp,errors\n');
    const other = temporaryFile('b.csv', 'timestamp,errors\n1772359200,1\n');
    const { code, stderr } = foreshock(['canary', '--baseline', empty, '--canary', other]);
    expect(code).toBe(2);
    expect(stderr).toContain('a.csv: has no row; there is nothing to compare with');
  });

  it.each(['0s', '100y'])('--last %s, which is nothing or endless', last => {
    const config = temporaryFile('f.yaml', 'prometheus: {url: "http://127.0.0.1:9"}\npacks: [service]\n');
    const versions = ['--baseline', 'version="1"', '--canary', 'version="2"'];
    const { code, stderr } = foreshock(['canary', '--config', config, ...versions, '--last', last]);
    expect(code).toBe(2);
    expect(stderr).toContain('steps of 15s; 1 to 161280 are compared');
  });

  const file = '/nowhere/missing.csv';
  it.each([
    [['--baseline', file, '--canary', file], 'missing.csv'],
    [['--baseline', 'a', '--canary', 'b', '--tolerance', 'much'], '--tolerance much: must be a share'],
    [['--baseline', 'a', '--canary', 'b', '--confidence', '0.2'], 'must be at least 0.5'],
  ])('%j', (flags, words) => {
    const { code, stderr } = foreshock(['canary', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
  });

  it('matchers that cannot be read', () => {
    const config = temporaryFile('f.yaml', 'prometheus: {url: "http://127.0.0.1:9"}\npacks: [service]\n');
    const { code, stderr } = foreshock(['canary', '--config', config, '--baseline', 'v1', '--canary', 'v2']);
    expect(code).toBe(2);
    expect(stderr).toContain('--baseline v1: not matchers');
  });
});
