import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { findError } from '../../promql/parse.ts';
import { foreshock, temporaryFolder } from '../cli/command.ts';
import { missingCommands } from '../integration/loopback-server.ts';
import { type Rule, rulesOf, rulesSchema, worstError } from './read-rules.ts';
import { storedModels } from './stored-models.ts';

const hostile = [
  'a "b" \\ {{ $value }} {{ .Nothing }}',
  '<b>bold</b>\nand a new line: {{ template "x" }}',
  "it's: #1 - [x]",
  'line\u2028separator, \u0085next, b\u0000l',
  'ünïcødé 🙂',
  'true',
];
const services = (names: readonly string[]) => names.map(service => ({ service }));

const objectSchema = z.object({
  apiVersion: z.literal('monitoring.coreos.com/v1'),
  kind: z.literal('PrometheusRule'),
  metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()) }),
  spec: rulesSchema,
});

const missing = missingCommands('promtool');

function promtool(...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' });
  expect(status, stdout + stderr).toBe(0);
  return stdout + stderr;
}

function build(config: string, ...more: readonly string[]) {
  return foreshock(['rules', 'build', '--config', config, '--out', '-', ...more]);
}

describe('rules build', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'foreshock-rules-'));
  let built = '';
  beforeAll(() => {
    built = build(config).stdout;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const { config, watch } = storedModels(folder, services([...hostile, 'checkout', 'payments']));

  it.skipIf(missing.length > 0)('writes rules and tests of them that promtool finds good', () => {
    const [rules, tests] = [path.join(folder, 'r.yml'), path.join(folder, 'tests', 'r.test.yml')];
    const { code, stderr } = foreshock([
      'rules',
      'build',
      '--config',
      config,
      '--out',
      rules,
      '--tests',
      tests,
    ]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining('service/visitors: no bands: no stored model'),
    ]);
    expect(promtool('check', 'rules', '--lint=all', '--lint-fatal', rules)).toContain('SUCCESS');
    expect(promtool('test', 'rules', tests)).toContain('SUCCESS');
    const names = parseYaml(readFileSync(tests, 'utf8')).tests.map(({ name }: { name: string }) => name);
    expect(names).toEqual([
      'with foreshock down, a value outside of its band is told',
      'while foreshock is up, it tells by itself',
      'without errors no budget burns',
      'with nothing but errors the budget burns fast',
      'after six good hours, an hour of many errors is told at once',
      'fewer errors are told when they last for hours',
      'with some more errors than promised it burns slowly',
    ]);
  });

  it.skipIf(missing.length > 0)('writes tests that fail where a rule is broken', () => {
    const [rules, tests] = [path.join(folder, 'b.yml'), path.join(folder, 'b.test.yml')];
    foreshock(['rules', 'build', '--config', config, '--out', rules, '--tests', tests]);
    const text = readFileSync(rules, 'utf8');
    for (const [what, instead] of [
      ['foreshock:signal{', 'foreshock:signals{'],
      [' unless on () (up', ' and on () (up'],
      ['% 604800 >= bool', '% 604800 < bool'],
      ['1 - last_over_time(', '2 - last_over_time('],
      ['foreshock:objective_errors:ratio_rate1h{', 'foreshock:objective_errors:ratio_rate9h{'],
    ] as const) {
      expect(text).toContain(what);
      writeFileSync(rules, text.replaceAll(what, instead));
      expect(spawnSync('promtool', ['test', 'rules', tests]).status, what).toBe(1);
    }
  });

  it('keeps every label value as it is, and lets none into a template', () => {
    const rules = rulesOf(built);
    const upper = rules.filter(({ record }) => record === 'foreshock:band_upper');
    const named = new Set(upper.map(({ labels }) => labels?.service));
    expect([...named].sort()).toEqual([...hostile, 'checkout', 'payments'].sort());
    const told = rules.filter(({ alert }) => alert !== undefined);
    const texts = told.flatMap(({ annotations = {}, labels = {} }) =>
      [annotations, labels].flatMap(Object.values),
    );
    const actions = texts.flatMap(text => text.match(/\{\{.*?\}\}/g) ?? []);
    expect([...new Set(actions)].sort()).toEqual([
      '{{ $labels.class }}',
      '{{ $labels.service }}',
      '{{ $value | humanize }}',
      '{{ $value | humanizeDuration }}',
      '{{ $value | humanizePercentage }}',
    ]);
  });

  it('writes the same bytes for the same input', () => {
    expect(build(config).stdout).toBe(built);
  });

  it('writes only PromQL that can be read', () => {
    for (const { expr } of rulesOf(built)) expect(findError(expr), expr).toBeUndefined();
  });

  it('stays within 5 % of the bands of the model at every hour of the week', async () => {
    const edges = rulesOf(built).filter(({ record }) => record?.startsWith('foreshock:band_'));
    expect(edges.length).toBe(8 * 6);
    const source = createEvaluator([], { lookback: 3_600_000 });
    const errors = await Promise.all(edges.map(rule => worstError(rule, { watch, source })));
    expect(Math.max(...errors)).toBeLessThan(0.05);
  });

  it('is quiet while foreshock is up, unless told otherwise', () => {
    const isBandAlert = ({ alert }: Rule) => alert === 'ForeshockBandExceeded';
    const alerts = (...more: string[]) => rulesOf(build(config, ...more).stdout).filter(isBandAlert);
    for (const { expr } of rulesOf(built).filter(isBandAlert))
      expect(expr).toMatch(/ unless on \(\) \(up\{job="foreshock"\} == 1\)$/);
    for (const { expr } of alerts('--job', 'aiops "x"'))
      expect(expr).toContain('up{job="aiops \\"x\\""} == 1');
    for (const { expr } of alerts('--no-standby')) expect(expr).not.toContain('up{');
  });

  it.skipIf(missing.length > 0)('writes objects for the operator that hold the same rules', () => {
    const { stdout } = build(config, '--format', 'prometheusrule', '--label', 'release=prom', 'team=sre');
    const objects = parseAllDocuments(stdout).map(each => objectSchema.parse(each.toJS()));
    expect(objects.flatMap(({ spec }) => spec.groups.flatMap(({ rules }) => rules))).toEqual(rulesOf(built));
    for (const { metadata } of objects) {
      expect(metadata.name).toMatch(/^foreshock(-\d+)?$/);
      expect(metadata.labels).toMatchObject({ release: 'prom', team: 'sre' });
    }
    const file = path.join(folder, 'spec.yml');
    writeFileSync(file, JSON.stringify({ groups: objects.flatMap(({ spec }) => spec.groups) }));
    promtool('check', 'rules', file);
  });

  it('leaves out the classes that would need too many rules, and says so', () => {
    const { code, stdout, stderr } = build(config, '--max-rules', '10');
    expect(code).toBe(0);
    expect(stderr).toContain('service/service: no bands: its 48 rules are more than --max-rules leaves (10)');
    expect(stdout).not.toContain('foreshock:band_');
    expect(stdout).toContain('foreshock:objective_budget_left:ratio');
  });

  it.skipIf(missing.length > 0)(
    'follows floors and mutes of overrides, tells what they change, and promtool finds it good',
    () => {
      const own = path.join(folder, 'own.yaml');
      const [rules, tests] = [path.join(folder, 'o.yml'), path.join(folder, 'o.test.yml')];
      const overrides = `detection:
  overrides:
    - {match: {service: checkout}, signal: traffic, floor: 30}
    - {match: {service: payments}, mute: true}
`;
      const flags = (file: string) => ['--config', file, '--out', rules, '--tests', tests];
      foreshock(['rules', 'build', ...flags(config)]);
      writeFileSync(own, `${readFileSync(config, 'utf8')}${overrides}`);
      const { code, stdout, stderr } = foreshock(['rules', 'build', ...flags(own), '--diff']);
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(new RegExp(`^changed ${rules}\n--- ${rules}\n.*\n@@ -\\d+,\\d+ `, 'm'));
      expect(stdout).toMatch(/^\+.*record: "?foreshock:band_floor"?$/m);
      const written = rulesOf(readFileSync(rules, 'utf8'));
      const floors = written.filter(({ record }) => record === 'foreshock:band_floor');
      expect(floors.map(({ expr, labels }) => [expr, labels?.service, labels?.signal])).toEqual([
        ['vector(30)', 'checkout', 'traffic'],
      ]);
      const alertOn = (signal: string) =>
        written.find(({ alert, labels }) => alert === 'ForeshockBandExceeded' && labels?.signal === signal)
          ?.expr;
      expect(alertOn('traffic')).toContain(
        'foreshock:band_upper{class="service/service",signal="traffic"} + 1)',
      );
      expect(alertOn('error_ratio')).not.toContain('band_floor');
      expect(written.some(({ labels }) => labels?.service === 'payments')).toBe(false);
      promtool('check', 'rules', '--lint=all', '--lint-fatal', rules);
      promtool('test', 'rules', tests);
    },
  );

  it('only says what it would write when asked to', () => {
    const out = path.join(folder, 'never.yml');
    const { code, stdout } = foreshock(['rules', 'build', '--config', config, '--out', out, '--dry-run']);
    expect([code, stdout]).toEqual([0, `new ${out}\n`]);
    expect(() => readFileSync(out)).toThrow();
  });

  it.each([
    [['--format', 'json'], '--format json: there are prometheus, prometheusrule'],
    [['--for', 'long'], '--for long: must be a duration above 0 and of at most 1h'],
    [['--interval', '5m'], '--interval 5m: must be a duration above 0 and of at most 4m'],
    [['--tests', 't.yml'], '--tests: promtool tests a file of rules'],
    [['--source', 'eu'], '--source eu: no such Prometheus; there are prometheus'],
    [['--label', 'a'], '--label a: must be key=value'],
    [['--name', 'Rules!'], '--name Rules!: must be lower case letters'],
    [['--max-rules', 'few'], '--max-rules few: must be a whole number'],
  ])('refuses %j', (more, message) => {
    const { code, stderr } = build(config, ...more);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  it.skipIf(missing.length > 0)('has budgets and alerts of every pack also without any model', () => {
    const empty = temporaryFolder();
    const [file, rules, tests] = ['c.yaml', 'r.yml', 'r.test.yml'].map(name => path.join(empty, name));
    const packs = [...builtinPacks()].flatMap(([name, from]) => {
      const loaded = loadPack(from, readFileSync(from, 'utf8'));
      return loaded.ok && loaded.pack.reads === 'metrics' ? [name] : [];
    });
    const text = `prometheus: {url: "http://x"}\npacks: [${packs.join(', ')}]\nstorage: {path: ${empty}/state}\n`;
    writeFileSync(file!, text);
    const flags = ['--config', file!, '--out', rules!, '--tests', tests!];
    const { code, stderr } = foreshock(['rules', 'build', ...flags]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('no models are stored');
    promtool('check', 'rules', '--lint=all', '--lint-fatal', rules!);
    promtool('test', 'rules', tests!);
    const alerts = rulesOf(readFileSync(rules!, 'utf8')).map(({ alert }) => alert);
    expect(alerts).toEqual(expect.arrayContaining(['ServiceErrors', 'NodeFilesystemAlmostFull']));
    expect(alerts).toContain('ForeshockBudgetBurnsFast');
  });
});
