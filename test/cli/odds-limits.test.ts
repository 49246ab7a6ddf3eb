import { describe, expect, it } from 'vitest';
import { LimitDesk, type LimitDeskOptions } from '../../cli/odds-limits.ts';
import type { Alert } from '../../core/alert.ts';
import { type Series, type SeriesSet, type SeriesSource, SourceError } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { openStore } from '../../store/sqlite.ts';
import { temporaryFolder } from './command.ts';

const minute = 60_000;
const hour = 60 * minute;
const begin = Date.parse('2026-03-02T00:00:00Z');
const leakAt = begin + 30 * hour;
const fullAt = leakAt + 5 * hour;

/** Two disks of 100 bytes, one of which fills within five hours and is cleaned an hour after. */
function disks(): readonly Series[] {
  const t = Float64Array.from({ length: 40 * 60 }, (_, k) => begin + k * minute);
  const filling = t.map(at =>
    at < leakAt || at > fullAt + hour ? 40 : Math.min(100, 40 + (60 * (at - leakAt)) / (fullAt - leakAt)),
  );
  const of = (__name__: string, instance: string, v: Float64Array): Series => ({
    labels: { __name__, instance },
    t,
    v,
  });
  return [
    of('used', 'db', filling),
    of(
      'size',
      'db',
      t.map(() => 100),
    ),
    of(
      'used',
      'web',
      t.map(() => 95),
    ),
    of(
      'size',
      'web',
      t.map(() => 100),
    ),
  ];
}

const source = createEvaluator(disks(), { lookback: 5 * minute });

function desk(more: { source?: SeriesSource; directory?: string } = {}) {
  const store = openStore(more.directory ?? temporaryFolder());
  const alerts: Alert[] = [];
  const warnings: string[] = [];
  const options: LimitDeskOptions = {
    resources: [
      {
        pack: 'node',
        resource: 'disk',
        used: 'used',
        limit: 'size',
        source: more.source ?? source,
        labels: { cluster: 'a' },
      },
    ],
    table: store.values('limits-ahead'),
    put: put => alerts.push(...put),
    warn: message => warnings.push(message),
    url: 'http://127.0.0.1:9',
    clock: () => begin,
  };
  return { desk: new LimitDesk(options), alerts, warnings, store };
}

const never = new AbortController().signal;

async function looks({ desk: one }: ReturnType<typeof desk>, from: number, to: number): Promise<void> {
  for (let t = from; t <= to; t += 5 * minute) await one.look(t, never);
}

describe('limits within four hours', () => {
  it('are told half an hour to four hours before, until it is cleaned, and of no other disk', async () => {
    const watched = desk();
    await looks(watched, begin + 28 * hour, fullAt + 2 * hour);
    const { alerts } = watched;
    expect(new Set(alerts.map(({ labels }) => labels.instance))).toEqual(new Set(['db']));
    const ahead = (fullAt - alerts[0]!.startsAt) / hour;
    expect(ahead).toBeGreaterThan(0.5);
    expect(ahead).toBeLessThanOrEqual(4);
    expect(alerts[0]).toMatchObject({
      labels: {
        alertname: 'ForeshockLimitAhead',
        cluster: 'a',
        pack: 'node',
        resource: 'disk',
        severity: 'warning',
      },
      annotations: {
        summary: 'disk of db meets its limit within 4 h',
        suspect: 'db: disk',
        dashboard_url: 'http://127.0.0.1:9/',
        runbook_url: 'http://127.0.0.1:9/runbooks/ForeshockLimitAhead',
      },
    });
    expect(alerts[0]!.annotations.description).toMatch(
      /^use at \d\d % of the limit, rising 12 % an hour; at its limit at about \d\d:\d\d:\d\d UTC/,
    );
    expect(new Set(alerts.map(({ startsAt }) => startsAt)).size).toBe(1);
    expect(alerts.at(-1)!.endsAt).toBeGreaterThan(fullAt + hour);
  });

  it('that were told before a restart are told on under the same name, and end', async () => {
    const directory = temporaryFolder();
    const first = desk({ directory });
    await looks(first, leakAt + 3 * hour, leakAt + 4 * hour);
    first.store.close();
    const second = desk({ directory });
    await looks(second, leakAt + 4.1 * hour, leakAt + 4.2 * hour);
    expect(second.alerts[0]!.startsAt).toBe(first.alerts[0]!.startsAt);
    expect(second.alerts[0]!.fingerprint).toBe(first.alerts[0]!.fingerprint);
    await looks(second, fullAt + 1.1 * hour, fullAt + 2 * hour);
    expect(second.alerts.at(-1)!.endsAt).toBeDefined();
  });

  it('of what is no longer there end', async () => {
    const directory = temporaryFolder();
    const first = desk({ directory });
    await looks(first, leakAt + 3 * hour, leakAt + 4 * hour);
    first.store.close();
    const web = createEvaluator(
      disks().filter(({ labels }) => labels.instance === 'web'),
      { lookback: 5 * minute },
    );
    const second = desk({ directory, source: web });
    await second.desk.look(leakAt + 4.5 * hour, never);
    expect(second.alerts).toMatchObject([{ endsAt: leakAt + 4.5 * hour, labels: { instance: 'db' } }]);
  });

  it('stand while their source does not answer, which is said once', async () => {
    const directory = temporaryFolder();
    const first = desk({ directory });
    await looks(first, leakAt + 3 * hour, leakAt + 4 * hour);
    first.store.close();
    const refusing: SeriesSource = {
      queryRange: () => Promise.reject(new SourceError('connection refused', { retryable: true })),
    };
    const second = desk({ directory, source: refusing });
    await looks(second, leakAt + 4 * hour, leakAt + 4.5 * hour);
    expect(second.alerts).toEqual([]);
    expect(second.warnings).toEqual(['limits: disk of node: connection refused']);
    expect(second.store.values('limits-ahead').entries()).toHaveLength(1);
  });

  /** The two disks, but for what `change` makes of the answer that ends at `end`. */
  const changed = (change: (answer: SeriesSet, end: number) => SeriesSet): SeriesSource => ({
    queryRange: async query => change(await source.queryRange(query), query.end),
  });
  const without = (answer: SeriesSet, instance: string): SeriesSet => ({
    ...answer,
    series: answer.series.filter(({ labels }) => labels.instance !== instance),
  });

  it('stand on, with their history, while an exporter is started anew', async () => {
    const restart = leakAt + 4 * hour;
    const watched = desk({
      source: changed((answer, end) => (end === restart ? without(answer, 'db') : answer)),
    });
    await looks(watched, leakAt + 3 * hour, restart + 10 * minute);
    expect(new Set(watched.alerts.map(({ startsAt }) => startsAt)).size).toBe(1);
    expect(watched.alerts.at(-1)).toMatchObject({
      endsAt: undefined,
      annotations: { description: expect.stringContaining('rising') },
    });
  });

  it('end after half an hour without samples, and are forgotten after six hours', async () => {
    const silent = leakAt + 4 * hour;
    const watched = desk({
      source: changed((answer, end) => (end >= silent ? without(answer, 'db') : answer)),
    });
    await looks(watched, leakAt + 3 * hour, silent + 7 * hour);
    const ended = watched.alerts.filter(({ endsAt }) => endsAt !== undefined);
    expect(ended).toHaveLength(1);
    expect(ended[0]!.annotations.description).toBe('no recent samples');
    expect(ended[0]!.endsAt! - silent).toBeGreaterThanOrEqual(25 * minute);
    expect(ended[0]!.endsAt! - silent).toBeLessThanOrEqual(50 * minute);
    expect(watched.store.values('limits-ahead').entries()).toEqual([]);
  });

  it('are not judged by a partial answer, and what it left out is read later', async () => {
    const from = leakAt + 4 * hour;
    const partial = changed((answer, end) =>
      end === from ? { ...without(answer, 'db'), partial: true, warnings: ['a store is away'] } : answer,
    );
    const watched = desk({ source: partial });
    await looks(watched, leakAt + 3 * hour, from - 5 * minute);
    const before = watched.alerts.length;
    await watched.desk.look(from, never);
    expect(watched.alerts).toHaveLength(before);
    expect(watched.warnings).toEqual([
      'limits: disk of node: a partial answer is not judged by: a store is away',
    ]);
    await watched.desk.look(from + 5 * minute, never);
    expect(watched.alerts.at(-1)).toMatchObject({ endsAt: undefined });
    expect(watched.alerts).toHaveLength(before + 1);
  });

  it('lose nothing when a look comes early or the clock is set back a little', async () => {
    const watched = desk();
    await looks(watched, leakAt + 3 * hour, leakAt + 4 * hour);
    const before = [...watched.alerts];
    await watched.desk.look(leakAt + 4 * hour, never);
    await watched.desk.look(leakAt + 3.5 * hour, never);
    expect(watched.alerts).toEqual(before);
    await watched.desk.look(leakAt + 4 * hour + 5 * minute, never);
    expect(watched.alerts.at(-1)).toMatchObject({ startsAt: before[0]!.startsAt, endsAt: undefined });
  });

  it('are told again after the clock was set back by hours, and begin no later than they are told', async () => {
    const watched = desk();
    await looks(watched, leakAt + 3 * hour, leakAt + 4.5 * hour);
    const before = watched.alerts.length;
    const now = leakAt + 3.25 * hour;
    await looks(watched, now, now + hour);
    const after = watched.alerts.slice(before);
    expect(after).toHaveLength(13);
    expect(after.every(({ startsAt, endsAt }) => startsAt <= now && endsAt === undefined)).toBe(true);
    await looks(watched, fullAt + hour, fullAt + 2 * hour);
    expect(watched.alerts.at(-1)!.endsAt).toBeDefined();
  });

  it('survive a damaged key of the store, which is deleted and said once', async () => {
    const watched = desk();
    watched.store.values('limits-ahead').set('{damaged', new Uint8Array(3));
    await looks(watched, leakAt, leakAt + 10 * minute);
    expect(watched.warnings).toEqual(['limits: damaged keys are deleted, 1 in all: {damaged']);
    expect(watched.store.values('limits-ahead').entries()).toEqual([]);
  });

  it('are looked for at 10,000 entities at most, a day of the past at a time', async () => {
    const spans: number[] = [];
    const many: SeriesSource = {
      queryRange: async ({ start, end }) => {
        spans.push(end - start);
        const series = Array.from({ length: end < begin ? 0 : 10_003 }, (_, k) => ({
          labels: { instance: `n${k}` },
          t: Float64Array.of(end),
          v: Float64Array.of(0.5),
        }));
        return { series, warnings: [], partial: false };
      },
    };
    const watched = desk({ source: many });
    await watched.desk.look(begin, never);
    await watched.desk.look(begin + 5 * minute, never);
    expect(spans).toHaveLength(8);
    expect(Math.max(...spans)).toBeLessThan(24 * hour);
    expect(watched.warnings).toEqual(['limits: 3 entities are left out, 10000 are watched at most']);
  });
});
