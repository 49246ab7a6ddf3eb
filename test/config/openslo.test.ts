import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { formatMistake } from '../../config/mistake.ts';

const query = (text: string) => `{metricSource: {type: Prometheus, spec: {query: '${text}'}}}`;
const ratio = `ratioMetric:
        counter: true
        bad: ${query('sum by (job) (rate(errors_total[{{.window}}]))')}
        total: ${query('sum by (job) (rate(requests_total[$rate_interval]))')}`;
const slo = ({
  name = 'checkout',
  indicator = ratio,
  method = 'Occurrences',
  objective = 'target: 0.99',
} = {}) =>
  `apiVersion: openslo/v1
kind: SLO
metadata: {name: ${name}}
spec:
  description: Orders are taken
  service: shop
  indicator:
    metadata: {name: i}
    spec:
      ${indicator}
  timeWindow: [{duration: 28d, isRolling: true}]
  budgetingMethod: ${method}
  objectives:
    - {${objective}}
`;

function load(...files: readonly string[]) {
  const names = files.map((_, i) => `/slo${i}.yaml`);
  const config = `prometheus: {url: http://x}
packs: [{file: own.yaml}]
objectives: [${names.map(name => name.slice(1)).join(', ')}]
`;
  const pack = `pack: own
title: Own
about: "One signal."
exporter: {name: x, versions: any, docs: https://example.com}
links: []
classes:
  - name: one
    entity: [job]
    signals: [{name: up, kind: traffic, query: "max by (job) (up)", unit: short, bad: low, floor: 1, about: "Normal: 1."}]
`;
  const given: Record<string, string | undefined> = { '/c.yaml': config, '/own.yaml': pack };
  for (const [i, name] of names.entries()) given[name] = files[i];
  return loadConfig('/c.yaml', {
    env: {},
    readFile: file => {
      const text = given[file];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
  });
}

function read(...files: readonly string[]) {
  const result = load(...files);
  if (!result.ok) throw new Error(result.mistakes.map(formatMistake).join('\n'));
  return result.objectives;
}

const mistakes = (...files: readonly string[]) => {
  const result = load(...files);
  return result.ok ? [] : result.mistakes.map(formatMistake);
};

describe('objectives in OpenSLO v1', () => {
  it('are read as those of packs, several documents and objectives a file, other kinds beside them', () => {
    const service = 'apiVersion: openslo/v1\nkind: Service\nmetadata: {name: shop}\nspec: {}\n';
    const two = slo({ name: 'two' }).replace(
      '- {target: 0.99}',
      '- {target: 0.9}\n    - {displayName: most, targetPercent: 99.9}',
    );
    const objectives = read(`${service}---\n${slo()}---\n${two}`);
    expect(objectives.map(({ name, target }) => [name, target])).toEqual([
      ['checkout', 0.99],
      ['two_1', 0.9],
      ['two_2', 0.999],
    ]);
    expect(objectives[0]).toMatchObject({
      timeWindow: '28d',
      indicator: {
        ratioMetric: {
          bad: 'sum by (job) (rate(errors_total[5m]))',
          total: 'sum by (job) (rate(requests_total[5m]))',
        },
      },
    });
  });

  it('of a threshold ask the query and count the time during which it holds', () => {
    const indicator = `thresholdMetric: ${query('max by (queue) (queue_length)')}`;
    const [read1] = read(slo({ indicator, objective: 'op: lt, value: 1000, target: 0.95' }));
    expect(read1?.indicator.thresholdMetric).toEqual({
      query: 'max by (queue) (queue_length)',
      op: 'lt',
      value: 1000,
    });
  });

  it('in slices of time count the slices whose ratio is good', () => {
    const [read1] = read(
      slo({ method: 'Timeslices', objective: 'target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 1m' }),
    );
    const [bad, total] = ['sum by (job) (rate(errors_total[5m]))', 'sum by (job) (rate(requests_total[5m]))'];
    expect(read1?.indicator.thresholdMetric).toEqual({
      query: `1 - ((${bad}) or 0 * (${total})) / ((${total}) > 0)`,
      op: 'gte',
      value: 0.95,
    });
  });

  it('that cannot be used are told with file, line and column, all at once', () => {
    const broken = slo({ indicator: ratio.replace('sum by (job) (rate(req', 'sum by job) (rate(req') });
    const method = slo({ name: 'other', method: 'Calendar' });
    const target = slo({ name: 'third', objective: 'target: 99' });
    expect(mistakes(`${broken}---\n${method}`, target)).toEqual([
      expect.stringMatching(
        /^\/slo0\.yaml:13:\d+: spec\.indicator\.spec\.ratioMetric\.total\.metricSource\.spec\.query: not PromQL/,
      ),
      expect.stringMatching(/^\/slo0\.yaml:33:20: spec\.budgetingMethod: .*"Calendar"/),
      expect.stringMatching(/^\/slo1\.yaml:17:16: spec\.objectives\[0\]\.target: /),
    ]);
  });

  it.each([
    [
      'a counter without a range',
      { indicator: ratio.replace('[{{.window}}]', '') },
      /must be events a second/,
    ],
    ['slices without their target', { method: 'Timeslices' }, /must have timeSliceTarget/],
    [
      'a threshold without a value',
      { indicator: `thresholdMetric: ${query('x')}` },
      /must have op and value/,
    ],
    ['another kind of source', { indicator: ratio.replace('Prometheus', 'Datadog') }, /must be Prometheus/],
    ['an unknown key', { objective: 'target: 0.9, tagret: 1' }, /unknown key "tagret"/],
  ])('%s is refused', (_, change, message) => {
    expect(mistakes(slo(change)).join('\n')).toMatch(message);
  });

  it('need names of their own, and files that are there', () => {
    expect(mistakes(slo(), slo())).toEqual([
      expect.stringMatching(/^\/slo1\.yaml:3:\d+: metadata\.name: another/),
    ]);
    const gone = loadConfig('/c.yaml', {
      env: {},
      readFile: file => {
        if (file === '/c.yaml')
          return 'prometheus: {url: http://x}\npacks: [node]\nobjectives:\n  - gone.yaml\n';
        throw new Error('no such file');
      },
    });
    expect(gone.ok ? [] : gone.mistakes.map(formatMistake)).toContain(
      '/c.yaml:4:5: objectives[0]: the file cannot be read (got "gone.yaml")',
    );
  });
});
