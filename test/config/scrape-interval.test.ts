import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkConfigFile } from '../../config/check.ts';
import { loadConfig } from '../../config/load.ts';

const own = `pack: bills
title: Bills
about: What a cloud says.
exporter: {name: bills, versions: '1'}
scrape_interval: 5m
classes:
  - name: account
    entity: [account]
    signals:
      - {name: cost, kind: saturation, query: max by (account) (bill_cost), about: Money.}
      - {name: calls, kind: traffic, query: 'sum by (account) (rate(bill_calls_total[$rate_interval]))', about: Calls.}
capacity:
  - {resource: budget, class: account, used: max by (account) (bill_cost), limit: max by (account) (bill_budget)}
alerts:
  - {alert: BillHigh, expr: 'bill_cost > bill_budget', for: 5m}
`;

function load(packs: string, global = '{}') {
  const text = `global: ${global}\nprometheus: {url: "http://127.0.0.1:9090"}\npacks: ${packs}\n`;
  const files: Record<string, string> = { '/c.yaml': text, '/own.yaml': own };
  return loadConfig('/c.yaml', { env: {}, readFile: path => files[path] ?? readFileSync(path, 'utf8') });
}

function packOf(packs: string, global?: string) {
  const loaded = load(packs, global);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes));
  return loaded.packs[0]!;
}

const queriesOf = (packs: string, global?: string) => packOf(packs, global).classes[0]!.queries;

describe('the scrape interval of a pack', () => {
  it('bounds how far its queries look back and its rates, and no others', () => {
    const [often, rare] = ['node', '{pack: node, scrape_interval: 5m}'].map(ref =>
      queriesOf(`[${ref}]`).join(),
    );
    expect(often).toContain('[1m]');
    expect(often).toContain('[30s]');
    expect(rare).toContain('[20m]');
    expect(rare).toContain('[10m]');
    expect(rare).not.toMatch(/\[(1m|30s)\]/);
  });

  it('is the one that the pack itself calls usual, unless the config says another, or all is scraped more rarely', () => {
    expect(queriesOf('[{file: own.yaml}]')[0]).toContain('bill_cost[10m]');
    expect(queriesOf('[{file: own.yaml, scrape_interval: 1m}]')[0]).toContain('bill_cost[2m]');
    expect(queriesOf('[{file: own.yaml}]', '{scrape_interval: 10m}')[0]).toContain('bill_cost[20m]');
  });

  it('is told of its classes, which look for their targets by it, and keeps its windows in dashboards', () => {
    const { classes, windows } = packOf('[{file: own.yaml}]');
    expect(classes.map(({ interval }) => interval)).toEqual([300_000]);
    expect(windows).toEqual([]);
    const usual = packOf('[node]');
    expect(usual.classes[0]).not.toHaveProperty('interval');
    expect(usual.windows).toEqual(['1m', '30s']);
  });

  it('lets alerts and limits look as far back where Prometheus by itself would miss samples', () => {
    const rare = packOf('[{file: own.yaml}]');
    expect(rare.alerts[0]?.expr).toBe('last_over_time(bill_cost[10m]) > last_over_time(bill_budget[10m])');
    expect(rare.capacity[0]?.limit).toBe('max by (account) (last_over_time(bill_budget[10m]))');
    const minutely = packOf('[{file: own.yaml, scrape_interval: 1m}]');
    expect(minutely.alerts[0]?.expr).toBe('bill_cost > bill_budget');
    expect(minutely.capacity[0]?.limit).toBe('max by (account) (bill_budget)');
  });

  it('is told by check', () => {
    const text = 'prometheus: {url: "http://x"}\npacks: [node, {pack: blackbox, scrape_interval: 5m}]\n';
    const context = {
      env: {},
      readFile: (path: string) => (path === '/c.yaml' ? text : readFileSync(path, 'utf8')),
    };
    const [often, rare] = checkConfigFile('/c.yaml', context).summary;
    expect(often).toMatch(/^node: .* signals$/);
    expect(rare).toMatch(/^blackbox: .* signals, a sample every 5m$/);
  });

  it('leaves the step alone, by which all classes are judged together', () => {
    expect(packOf('[{pack: node, scrape_interval: 5m}]').classes[0]?.class.step).toBe(15_000);
  });

  it.each([
    ['[{pack: node, scrape_interval: 0s}]', 'must be above 0'],
    ['[{pack: node, scrape_interval: 5}]', 'must be a duration such as 15s'],
    [
      '[{pack: threat_feeds, scrape_interval: 5m}]',
      'the pack threat_feeds reads threat_feeds, which are counted at every step: leave it out',
    ],
  ])('is refused in %s', (packs, words) => {
    const loaded = load(packs);
    const messages = loaded.ok ? [] : loaded.mistakes.map(({ message }) => message);
    expect(messages.join('\n')).toContain(words);
  });
});
