import { describe, expect, it } from 'vitest';
import { createOddsDesk, type OddsDeskOptions, waitAfter } from '../../cli/odds-desk.ts';
import { OddsHours } from '../../cli/odds-hours.ts';
import { alertStep, incidentSpells, troublesOf } from '../../cli/odds-onsets.ts';
import { livePasts, liveSignals } from '../../cli/odds-pasts.ts';
import { createRandom } from '../../core/random.ts';
import { type Series, type SeriesSource, SourceError } from '../../core/series.ts';
import { incidentOddsOptions, learnIncidentOdds } from '../../forecasters/incident-odds.ts';
import { hour } from '../../forecasters/incident-odds-past.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { openStore } from '../../store/sqlite.ts';
import { firing } from '../alerts/alerts.ts';
import { temporaryFolder } from './command.ts';

const monday = Date.parse('2026-01-05T00:00:00Z');
const now = monday + 28 * 24 * hour;

function alert(service: string, spans: readonly (readonly [from: number, to: number])[], more = {}): Series {
  const t = spans.flatMap(([from, to]) =>
    Array.from({ length: Math.round((to - from) / alertStep) + 1 }, (_, k) => from + k * alertStep),
  );
  const labels = {
    __name__: 'ALERTS',
    alertname: 'Errors',
    alertstate: 'firing',
    severity: 'warning',
    service,
    ...more,
  };
  return { labels, t: Float64Array.from(t), v: new Float64Array(t.length).fill(1) };
}

/** A month in which checkout fails in office hours and search by night; each is up all the time. */
function month(): readonly Series[] {
  const random = createRandom(6);
  const spans = { checkout: [] as [number, number][], search: [] as [number, number][] };
  for (let t = monday; t < now; t += hour) {
    const office = (t / hour) % 24 >= 8 && (t / hour) % 24 < 17;
    for (const service of ['checkout', 'search'] as const)
      if (random() < (office === (service === 'checkout') ? 0.15 : 0.005))
        spans[service].push([t + 10 * 60_000, t + 20 * 60_000]);
  }
  const up = Float64Array.from({ length: (now - monday) / hour + 1 }, (_, k) => monday + k * hour);
  return [
    { labels: { __name__: 'up', job: 'web' }, t: up, v: up.map(() => 1) },
    alert('checkout', spans.checkout),
    alert('search', spans.search),
    alert('watchdog', [[monday, now]], { severity: 'none' }),
  ];
}

function parts(source: SeriesSource, directory = temporaryFolder()) {
  const store = openStore(directory);
  const warnings: string[] = [];
  const told: number[] = [];
  let learned = 0;
  const options: OddsDeskOptions = {
    sources: [{ name: 'prometheus', source }],
    incidents: () => [],
    hours: new OddsHours(store.values('odds-hours')),
    learn: async ({ pasts, until }) => {
      learned++;
      return learnIncidentOdds(pasts, { ...incidentOddsOptions.parse({}), until, signals: liveSignals });
    },
    table: store.values('odds'),
    tell: odds => told.push(odds.length),
    warn: message => warnings.push(message),
    clock: () => now + 90_000,
  };
  return { options, warnings, told, store, learned: () => learned };
}

/** Lets a desk look once: it is stopped when it has told, or complained. */
async function lookOnce({ options }: ReturnType<typeof parts>) {
  const stop = new AbortController();
  const desk = createOddsDesk({
    ...options,
    tell: odds => {
      options.tell(odds);
      stop.abort();
    },
    warn: message => {
      options.warn(message);
      stop.abort();
    },
  });
  await desk.run(stop.signal);
  return desk;
}

describe('what alerts tell of the past', () => {
  it('alerts of a place that overlap are one trouble', () => {
    const at = (from: number, to: number) => ({ place: 'a', from, to });
    expect(troublesOf([at(0, hour), at(3 * hour, 5 * hour), at(hour / 2, 2 * hour)])).toEqual([
      at(0, 2 * hour),
      at(3 * hour, 5 * hour),
    ]);
  });

  it('an incident of ours is a trouble of each service that it names', () => {
    const members = ['cart', 'front', 'cart'].map(service => ({ alert: firing({ service }), reason: '' }));
    const incident = {
      id: '1',
      startsAt: 5,
      endsAt: undefined,
      members,
      suspects: [],
      escalation: undefined,
      timeline: [],
      notifications: [],
    };
    expect(incidentSpells([incident], 9)).toEqual([
      { place: 'cart', from: 5, to: 9 },
      { place: 'front', from: 5, to: 9 },
    ]);
  });

  it('a row knows what fired then, and what it is called elsewhere, and nothing of later', () => {
    const spell = (place: string, from: number, to: number) => ({ place, from, to });
    const alerts = [spell('a', hour / 2, 2.5 * hour), spell('b', 1.5 * hour, 1.6 * hour)];
    const known = { from: 0, until: 4 * hour, alerts, incidents: [], seen: () => undefined };
    const [whole, a] = livePasts(known);
    expect([whole!.name, a!.name]).toEqual(['', 'a']);
    expect([...a!.signals[0]!].map(Math.expm1).map(Math.round)).toEqual([0, 1, 1, 0, 0]);
    expect([...whole!.activity]).toEqual([Number.NaN, 1, 1, 0, 0]);
    expect([...whole!.begun]).toEqual([hour / 2, 1.5 * hour]);
  });
});

describe('the desk of odds', () => {
  const source = createEvaluator(month(), { lookback: alertStep });

  it('tells the whole first and then each service, of the hour that began', async () => {
    const desk = await lookOnce(parts(source));
    const told = desk.told();
    expect(told[0]).toMatchObject({ service: '', at: now });
    expect(
      told
        .slice(1)
        .map(({ service }) => service)
        .sort(),
    ).toEqual(['checkout', 'search']);
  });

  it('knows by night that search fails and checkout does not', async () => {
    const desk = await lookOnce(parts(source));
    const of = (name: string) => desk.told().find(({ service }) => service === name)!.p ?? 0.5;
    expect(of('search')).toBeGreaterThan(of('checkout') + 0.15);
  });

  it('goes on with what was told before a restart, and tells no hour twice', async () => {
    const directory = temporaryFolder();
    const first = parts(source, directory);
    const before = (await lookOnce(first)).told();
    first.store.close();
    const second = parts(source, directory);
    expect(createOddsDesk(second.options).told()).toEqual(before);
    const stop = new AbortController();
    const learn: OddsDeskOptions['learn'] = async (lesson, signal) => {
      const model = await second.options.learn(lesson, signal);
      queueMicrotask(() => stop.abort());
      return model;
    };
    await createOddsDesk({ ...second.options, learn }).run(stop.signal);
    expect(second.told).toEqual([]);
  });

  it('says once that a source does not answer, and keeps what it told', async () => {
    const refusing: SeriesSource = {
      queryRange: () =>
        Promise.reject(new SourceError('prometheus: connection refused', { retryable: true })),
    };
    const without = parts(refusing);
    const desk = await lookOnce(without);
    expect(without.warnings).toEqual(['odds of incidents: prometheus: connection refused']);
    expect(desk.told()).toEqual([]);
  });

  it('waits twice as long after each failure, an hour at most', () => {
    const minutes = [1, 2, 3, 4, 5, 6, 2000].map(failures => waitAfter(failures) / 60_000);
    expect(minutes).toEqual([5, 10, 20, 40, 60, 60, 60]);
  });

  it('abstains where a source has only a few days', async () => {
    const late = month().map(each => {
      const first = each.t.findIndex(t => t >= now - 3 * 24 * hour);
      return { ...each, t: each.t.slice(first), v: each.v.slice(first) };
    });
    const desk = await lookOnce(parts(createEvaluator(late, { lookback: alertStep })));
    expect(desk.told()[0]).toMatchObject({ p: null, drivers: [expect.stringContaining('days of history')] });
  });
});
