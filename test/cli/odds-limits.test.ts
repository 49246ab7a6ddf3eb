import { describe, expect, it } from 'vitest';
import { LimitDesk, type LimitDeskOptions } from '../../cli/odds-limits.ts';
import type { Alert } from '../../core/alert.ts';
import { type Series, type SeriesSource, SourceError } from '../../core/series.ts';
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
      annotations: { summary: 'disk of db meets its limit within 4 h' },
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
});
