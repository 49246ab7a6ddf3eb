import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { builtinPacks, loadPack } from '../config/pack.ts';
import { metricNames } from '../promql/names.ts';
import { createMetrics } from '../server/metrics.ts';
import { builtinRunbooks, runbookSections } from '../server/runbooks.ts';
import { missingCommands } from './integration/loopback-server.ts';

const root = path.resolve(import.meta.dirname, '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');

const rulesSchema = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.object({
            summary: z.string(),
            description: z.string(),
            runbook: z.string().optional(),
            runbook_url: z.string().optional(),
          }),
        }),
      ),
    }),
  ),
});
const rulesFile = 'deploy/prometheus/foreshock-alerts.yml';
const rules = rulesSchema.parse(parse(read(rulesFile))).groups.flatMap(group => group.rules);

const packAlerts = [...builtinPacks().values()].flatMap(file => {
  const loaded = loadPack(file, readFileSync(file, 'utf8'));
  return loaded.ok ? loaded.pack.alerts.map(({ alert }) => alert) : [];
});

/** The alerts that our own code sends, read from the code. */
const sent = [
  ...(read('cli/self-alerts.ts').match(/'Foreshock\w+'/g) ?? []),
  ...(read('alerts/incident-alert.ts').match(/'ForeshockIncident'/g) ?? []),
  ...(read('cli/capacity-warnings.ts').match(/'ForeshockResource\w+'/g) ?? []),
  ...(read('cli/threat-alerts.ts').match(/'ForeshockThreatMatch'/g) ?? []),
  ...(read('cli/odds-limits.ts').match(/'ForeshockLimitAhead'/g) ?? []),
  ...(read('rules/band-rules.ts').match(/'ForeshockBand\w+'/g) ?? []),
  ...(read('rules/burn-rates.ts').match(/'ForeshockBudget\w+'/g) ?? []),
].map(quoted => quoted.slice(1, -1));

describe('the runbooks', () => {
  const runbooks = builtinRunbooks();
  const alerts = [...new Set([...sent, ...packAlerts, ...rules.map(({ alert }) => alert)])].sort();

  test('each alert of ours has a page, and each page an alert', () => {
    expect(sent).toContain('ForeshockWatchdog');
    expect([...runbooks.keys()].sort()).toEqual(alerts);
  });

  const first = ['## What it means', '## Look', '## Do'];
  const whole = [...first, '## Silence', '## Prevent'];

  it.each([...runbooks])('%s says what it means, where to look and what to do', (name, text) => {
    const headings = text.split('\n').filter(line => line.startsWith('#'));
    expect(headings.slice(0, 4)).toEqual([`# ${name}`, ...first]);
    expect(whole.slice(3)).toEqual(expect.arrayContaining(headings.slice(4)));
  });

  it.each([...runbooks].filter(([name]) => sent.includes(name) || rules.some(({ alert }) => alert === name)))(
    '%s says when to silence it and how to prevent it, and no part is empty',
    (_, text) => {
      const parts = text.split(/^## .*$/m).slice(1);
      expect(text.match(/^## .*$/gm)).toEqual(whole);
      for (const part of parts) expect(part.trim()).not.toBe('');
    },
  );

  it.each([...runbooks])('%s leads only to pages that exist', (_, text) => {
    const links = [...text.matchAll(/\]\((\w+)\.md\)/g)].map(([, name = '']) => name);
    expect(links.filter(name => !runbooks.has(name))).toEqual([]);
    const page = runbookSections(text).toString();
    expect(page).not.toMatch(/\]\(|\*\*|`/);
  });

  it('never lets text through as markup', () => {
    expect(runbookSections('<b> `<i>`').toString()).toBe('<p>&lt;b&gt; <code>&lt;i&gt;</code></p>');
  });
});

describe('the Prometheus rules about foreshock', () => {
  test('ask only for metrics that foreshock has', async () => {
    const text = await createMetrics().registry.metrics();
    const there = new Set(['up', ...[...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name)]);
    const missing = rules.flatMap(({ expr }) => metricNames(expr)).filter(name => !there.has(name));
    expect(missing).toEqual([]);
  });

  test('lead to their page', () => {
    for (const { alert, annotations } of rules) {
      const link = annotations.runbook ?? annotations.runbook_url ?? '';
      expect(link.replace(/\.md$/, '').endsWith(`runbooks/${alert}`)).toBe(true);
    }
  });

  const missing = missingCommands('promtool');
  it.skipIf(missing.length > 0).each([
    ['check', 'rules', rulesFile],
    ['test', 'rules', 'test/deploy/foreshock-alerts.test.yml'],
  ])('promtool %s %s', (...args) => {
    const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: root, encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });

  test('no other file of rules is left unchecked', () => {
    expect(readdirSync(path.join(root, 'deploy/prometheus'))).toEqual(['foreshock-alerts.yml']);
  });
});
