import { describe, expect, it } from 'vitest';
import type { Frame } from '../../core/batch.ts';
import { type Diagnosis, diagnose } from '../../correlators/diagnose.ts';
import { type Factors, onset, shop, shopMetrics } from './shop-metrics.ts';

const names = ({ services }: Diagnosis) => services.map(({ name }) => name);
const causeOf = (factors: Factors, target?: string) =>
  names(diagnose(shopMetrics(factors), shop, target === undefined ? { onset } : { onset, target }))[0];
const wordsOf = (diagnosis: Diagnosis, service: string) =>
  diagnosis.signals
    .filter(signal => signal.service === service)
    .flatMap(({ signal, evidence }) => [signal, ...evidence])
    .join('; ');

const slowDatabase: Factors = {
  database: { latency_p99_seconds: 30 },
  catalog: { latency_p99_seconds: 7 },
  basket: { latency_p99_seconds: 8 },
  orders: { latency_p99_seconds: 4 },
  web: { latency_p99_seconds: 3 },
};

describe('a slow database behind three services', () => {
  const diagnosis = diagnose(shopMetrics(slowDatabase), shop, { onset });

  it('is the cause, and not who waits for it', () => {
    expect(names(diagnosis)[0]).toBe('database');
    expect(diagnosis.services[0]!.score).toBeGreaterThan(2 * diagnosis.services[1]!.score);
  });

  it('is told with numbers, the time and who suffers from it', () => {
    const [first] = diagnosis.signals;
    expect(first).toMatchObject({ service: 'database', signal: 'latency_p99_seconds' });
    const words = wordsOf(diagnosis, 'database');
    expect(words).toMatch(/rose from (19|20)[.\d]* ms to 6\d\d ms/);
    expect(words).toContain('30 s after the onset, 2026-03-01 10:00:00 UTC');
    expect(words).toMatch(/explains the trouble of .*catalog/);
  });

  it('is found also when the onset is wrong by a minute', () => {
    for (const shift of [-60_000, 60_000])
      expect(names(diagnose(shopMetrics(slowDatabase), shop, { onset: onset + shift }))[0]).toBe('database');
  });

  it('is found also when a fifth of the values is missing', () => {
    expect(names(diagnose(shopMetrics(slowDatabase, { hole: 5 }), shop, { onset }))[0]).toBe('database');
  });

  it('is told with how long before its callers it changed', () => {
    const frames = shopMetrics({ ...slowDatabase, web: {}, basket: {}, orders: {} });
    const catalog = frames.find(({ entity }) => entity.service === 'catalog')!;
    for (const column of catalog.columns) column[60] = column[59]!;
    expect(wordsOf(diagnose(frames, shop, { onset }), 'database')).toContain('changed 1 min before catalog');
  });

  it('is ranked on evidence: other names give the same scores', () => {
    const named = (name: string) => `x-${[...name].reverse().join('')}`;
    const frames = shopMetrics(slowDatabase).map(frame => ({
      ...frame,
      entity: { service: named(frame.entity.service!) },
    }));
    const edges = shop.edges.map(({ from, to }) => ({ from: named(from), to: named(to) }));
    const again = diagnose(frames, { nodes: [], edges }, { onset });
    expect(again.services).toEqual(
      diagnosis.services.map(({ name, score }) => ({ name: named(name), score })),
    );
  });

  it('gives the same answer each time', () => {
    expect(diagnose(shopMetrics(slowDatabase), shop, { onset })).toEqual(diagnosis);
  });
});

describe('who is the cause', () => {
  it('is the entry when a surge comes from outside: what lies below only follows', () => {
    const everywhere = Object.fromEntries(
      ['web', 'catalog', 'basket', 'orders', 'database', 'mail'].map(name => [
        name,
        { requests: 6, cpu_usage: 6, latency_p99_seconds: 1.4 },
      ]),
    );
    expect(causeOf(everywhere)).toBe('web');
  });

  it('is who lost instances, not who gets errors from there', () => {
    expect(
      causeOf({
        orders: { replicas: 1 / 3, error_ratio: 60 },
        web: { error_ratio: 50, latency_p99_seconds: 2 },
      }),
    ).toBe('orders');
  });

  it('is who fell silent while its callers fail', () => {
    const gone = Object.fromEntries(
      ['requests', 'latency_p99_seconds', 'error_ratio', 'cpu_usage'].map(signal => [signal, Number.NaN]),
    );
    const diagnosis = diagnose(
      shopMetrics({ basket: gone, web: { error_ratio: 300, latency_p99_seconds: 2 } }),
      shop,
      { onset },
    );
    expect(names(diagnosis)[0]).toBe('basket');
    expect(wordsOf(diagnosis, 'basket')).toContain('missing since the onset');
  });

  it('is who runs out of a resource without more traffic', () => {
    expect(
      causeOf({ catalog: { cpu_usage: 4, latency_p99_seconds: 10 }, web: { latency_p99_seconds: 3 } }),
    ).toBe('catalog');
  });

  it('is where errors begin, though the callers fail by as much', () => {
    expect(causeOf({ orders: { error_ratio: 300 }, web: { error_ratio: 300 } })).toBe('orders');
  });

  it('is a caller that stops calling, not who is asked no more', () => {
    const diagnosis = diagnose(shopMetrics({ mail: { requests: 0, cpu_usage: 0.1 } }), shop, { onset });
    expect(names(diagnosis)[0]).toBe('orders');
    expect(wordsOf(diagnosis, 'orders')).toMatch(/asks mail .* from 1 to 0 /);
  });

  it('is who a slow part of the calls goes to, when its own metrics show nothing', () => {
    const added = { web: { client_latency_p90_seconds: 0.1, client_latency_p95_seconds: 0.2 } };
    const diagnosis = diagnose(
      shopMetrics({ web: { client_latency_p95_seconds: 10, latency_p99_seconds: 2 } }, { added }),
      shop,
      { onset },
    );
    expect(names(diagnosis)[0]).toBe('orders');
    expect(wordsOf(diagnosis, 'orders')).toContain('5 to 10 % of them became slow');
  });

  it('is not a service that was slow already an hour before', () => {
    const frames = shopMetrics({ ...slowDatabase, mail: { latency_p99_seconds: 1 } });
    const mail = frames.find(({ entity }) => entity.service === 'mail')!;
    const late = mail.columns[mail.signals.indexOf('latency_p99_seconds')]!;
    for (let row = 45; row < late.length; row++) late[row]! *= 40;
    const { services } = diagnose(frames, shop, { onset });
    expect(services[0]!.name).toBe('database');
    expect(services.find(({ name }) => name === 'mail')?.score ?? 0).toBeLessThan(services[0]!.score / 10);
  });
});

describe('nothing wrong', () => {
  it('names nobody, whatever the noise', () => {
    for (let seed = 1; seed <= 20; seed++)
      expect(diagnose(shopMetrics({}, { seed }), shop, { onset })).toEqual({
        services: [],
        signals: [],
        unread: [],
      });
  });

  it('names nobody when the metrics of all end together', () => {
    const frames = shopMetrics();
    for (const { columns } of frames) for (const column of columns) column.fill(Number.NaN, 61);
    expect(names(diagnose(frames, shop, { onset }))).toEqual([]);
  });

  it('names nobody when only one row stands out', () => {
    const frames = shopMetrics();
    for (const { columns } of frames) for (const column of columns) column[62]! *= 50;
    expect(names(diagnose(frames, shop, { onset }))).toEqual([]);
  });
});

describe('the target', () => {
  const two: Factors = { ...slowDatabase, mail: { latency_p99_seconds: 60, cpu_usage: 10 } };

  it('leaves only itself and what it calls, directly or not', () => {
    expect(names(diagnose(shopMetrics(two), shop, { onset }))).toContain('mail');
    const seen = names(diagnose(shopMetrics(two), shop, { onset, target: 'catalog' }));
    expect(seen[0]).toBe('database');
    expect(seen).not.toContain('mail');
    expect(seen).not.toContain('web');
  });

  it('that no trouble reaches gives an empty answer', () => {
    expect(
      names(diagnose(shopMetrics({ basket: { cpu_usage: 9 } }), shop, { onset, target: 'orders' })),
    ).toEqual([]);
  });
});

describe('input of any kind', () => {
  const frames = shopMetrics(slowDatabase);
  const withColumns = (make: (column: Float64Array) => Float64Array): Frame[] =>
    frames.map(frame => ({ ...frame, columns: frame.columns.map(make) }));

  it('without a topology ranks the changes as they are', () => {
    expect(names(diagnose(frames, { nodes: [], edges: [] }, { onset }))).toContain('database');
  });

  it('with loops, cycles and unknown places in the topology gives the same cause', () => {
    const edges = [
      ...shop.edges,
      { from: 'database', to: 'database' },
      { from: 'database', to: 'nowhere' },
      { from: 'mail', to: 'web' },
    ];
    expect(names(diagnose(frames, { nodes: [{ id: 'elsewhere' }], edges }, { onset }))[0]).toBe('database');
  });

  it('without values or without changes names nobody', () => {
    expect(
      names(
        diagnose(
          withColumns(column => column.map(() => Number.NaN)),
          shop,
          { onset },
        ),
      ),
    ).toEqual([]);
    expect(
      names(
        diagnose(
          withColumns(column => column.map(() => 7)),
          shop,
          { onset },
        ),
      ),
    ).toEqual([]);
    expect(diagnose([], shop, { onset })).toEqual({ services: [], signals: [], unread: [] });
  });

  it('with too few rows tells who could not be read', () => {
    const one = frames.map(frame => ({
      ...frame,
      t: frame.t.subarray(0, 1),
      columns: frame.columns.map(column => column.subarray(0, 1)),
    }));
    const { services, unread } = diagnose(one, shop, { onset: frames[0]!.t[0]! });
    expect(services).toEqual([]);
    expect(unread).toHaveLength(6);
  });

  it('with thousands of signals still finds the cause', () => {
    const crowd = Array.from({ length: 1500 }, (_, i) =>
      shopMetrics({}, { seed: i + 2 })
        .slice(1, 2)
        .map(frame => ({ ...frame, entity: { service: `quiet-${i}` } })),
    ).flat();
    const edges = [...shop.edges, ...crowd.map(({ entity }) => ({ from: 'web', to: entity.service }))];
    expect(names(diagnose([...frames, ...crowd], { nodes: [], edges }, { onset }))[0]).toBe('database');
  });
});
