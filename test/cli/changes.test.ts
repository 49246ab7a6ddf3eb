import { describe, expect, it } from 'vitest';
import { createChangeBook } from '../../cli/change-book.ts';
import { changeQueries } from '../../cli/change-queries.ts';
import { ChangeStates } from '../../cli/change-states.ts';
import { withChanges } from '../../cli/change-timeline.ts';
import type { Incident } from '../../core/incident.ts';
import { fingerprint, type Labels } from '../../core/labels.ts';
import type { Change } from '../../core/topology.ts';
import { openStore } from '../../store/sqlite.ts';

const minute = 60_000;
const hour = 60 * minute;
const change = (t: number, text = 'v2', entity: Labels = { service: 'cart' }): Change => ({
  t,
  entity,
  kind: 'deploy',
  text,
});

function fail(message: string): void {
  throw new Error(message);
}

describe('the book of changes', () => {
  it('hands each change to one pass of a run, and to the next run again, whose correlator has forgotten it', () => {
    const store = openStore(':memory:');
    const book = createChangeBook(store, fail);
    book.put([change(2), change(1)]);
    expect(book.take(10)).toEqual([change(1), change(2)]);
    expect(book.take(10)).toEqual([]);
    book.put([change(3)]);
    expect(createChangeBook(store, fail).take(10)).toEqual([change(1), change(2), change(3)]);
    store.close();
  });

  it('keeps what a sender repeats once', () => {
    const store = openStore(':memory:');
    const book = createChangeBook(store, fail);
    book.put([change(1), change(1)]);
    book.put([change(1)]);
    expect(book.all()).toEqual([change(1)]);
    expect(createChangeBook(store, fail).all()).toEqual([change(1)]);
    store.close();
  });

  it('forgets them after two days, and the oldest of more than it keeps', () => {
    const store = openStore(':memory:');
    const book = createChangeBook(store, fail);
    book.put([change(0), change(47 * hour)]);
    book.take(49 * hour);
    expect(book.all()).toEqual([change(47 * hour)]);
    book.put(Array.from({ length: 10_000 }, (_, k) => change(48 * hour, `v${k}`)));
    expect(book.all()).toHaveLength(10_000);
    expect(book.all()[0]?.text).toBe('v0');
    expect(store.values('changes').entries()).toHaveLength(10_000);
    store.close();
  });

  it('puts aside what cannot be read any more, says so once, and gives the rest', () => {
    const store = openStore(':memory:');
    createChangeBook(store, fail).put([change(1)]);
    store.values('changes').set('000000000007', new TextEncoder().encode('{"t":'));
    const told: string[] = [];
    expect(createChangeBook(store, message => told.push(message)).all()).toEqual([change(1)]);
    expect(told).toHaveLength(1);
    expect(createChangeBook(store, fail).all()).toEqual([change(1)]);
    expect(store.values('changes-damaged').entries()).toHaveLength(1);
    store.close();
  });
});

describe('the timeline of an incident', () => {
  const labels = { alertname: 'Slow', service: 'cart', namespace: 'shop', pod: 'cart-1' };
  const alert = {
    labels,
    annotations: {},
    startsAt: hour,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
  const incident: Incident = {
    id: '1',
    startsAt: hour,
    endsAt: undefined,
    members: [{ alert, reason: '' }],
    suspects: [{ entity: { service: 'redis' }, signal: 'up', score: 1, evidence: [] }],
    escalation: undefined,
    timeline: [{ at: hour, what: 'slow on cart' }],
    notifications: [],
  };
  const shown = (changes: readonly Change[]) =>
    withChanges(incident, changes).timeline.map(({ what }) => what);

  it('has the changes of what it is about, in order of time, with their links', () => {
    const linked = { ...change(hour - minute), link: 'https://ci.example/7' };
    expect(shown([change(hour + minute, 'maxmemory 1 GB', { service: 'redis' }), linked])).toEqual([
      'deploy of cart: v2 (https://ci.example/7)',
      'slow on cart',
      'deploy of redis: maxmemory 1 GB',
    ]);
  });

  it.each([
    ['another thing', { service: 'search' }, 0],
    ['the same name in another namespace', { deployment: 'cart', namespace: 'staging' }, 0],
    ['its namespace alone', { namespace: 'shop' }, 0],
    ['its workload in its namespace', { deployment: 'cart', namespace: 'shop' }, 1],
    ['its pod', { pod: 'cart-1' }, 1],
  ])('of %s', (_what, entity, times) => {
    expect(shown([change(hour, 'v2', entity)])).toHaveLength(1 + times);
  });

  it('has none of long before, and none of after its end', () => {
    expect(shown([change(hour - 31 * minute)])).toHaveLength(1);
    expect(withChanges({ ...incident, endsAt: 2 * hour }, [change(2 * hour + 1)]).timeline).toHaveLength(1);
  });

  it('tells changes apart from what the alerts said', () => {
    const { timeline } = withChanges(incident, [change(hour - 1)]);
    expect(timeline.map(({ kind }) => kind)).toEqual(['change', undefined]);
  });
});

describe('changes in metrics', () => {
  const query = (name: string) => changeQueries.find(each => each.name === name)!;
  const at = (labels: Labels, ...points: readonly (readonly [t: number, value: number])[]) => ({
    labels,
    t: Float64Array.from(points, ([t]) => t),
    v: Float64Array.from(points, ([, value]) => value),
  });
  const runs = (image: string, ...times: readonly number[]) =>
    at({ namespace: 'shop', container: 'cart', image }, ...times.map(t => [t, 1] as const));
  const replicas = (t: number, value: number) => at({ namespace: 'shop', deployment: 'cart' }, [t, value]);

  /** What is found by a fresh memory, look by look. */
  function found(name: string, looks: readonly (readonly ReturnType<typeof at>[])[]) {
    const store = openStore(':memory:');
    const states = new ChangeStates(query(name), store.values('s'), 'eu');
    const all = looks.map((series, k) =>
      states.learn(series, (k + 1) * hour).map(({ t, text }) => `${t} ${text}`),
    );
    store.close();
    return all;
  }

  it('are new states of what is known, at the first sample that shows them', () => {
    expect(found('image', [[runs('v1', 0)], [runs('v1', 15, 30, 45), runs('v2', 30, 45)]])).toEqual([
      [],
      ['30 the image is v2, before it was v1'],
    ]);
  });

  it('are none where a rollout goes on, ends, or one that was away for a moment is back', () => {
    const looks = [
      [runs('v1', 0), runs('v2', 0)],
      [runs('v1', 15)],
      [runs('v1', 30), runs('v2', 30)],
      [runs('v2', 45)],
    ];
    expect(found('image', looks).flat()).toEqual([]);
  });

  it('are the way back, too', () => {
    const back = [[runs('v1', 0)], [runs('v2', 15)], [runs('v2', hour)], [runs('v1', hour + 15)]];
    expect(found('image', back).flat()).toEqual([
      '15 the image is v2, before it was v1',
      `${hour + 15} the image is v1, before it was v2`,
    ]);
    expect(found('replicas', [[replicas(0, 3)], [replicas(15, 5)], [replicas(30, 3)]]).flat()).toEqual([
      '15 5 replicas are asked for, before it were 3',
      '30 3 replicas are asked for, before it were 5',
    ]);
  });

  it('are none of a job that runs once an hour', () => {
    expect(found('image', [[runs('v1', 0)], [], [runs('v1', hour)], [runs('v1', 2 * hour)]]).flat()).toEqual(
      [],
    );
  });

  it('tell which application of a job has changed', () => {
    const build = (version: string, t: number) =>
      at({ __name__: 'cart_build_info', job: 'shop', version, revision: '' }, [t, 1]);
    expect(found('build', [[build('1.0', 0)], [build('1.1', 15)]]).flat()).toEqual([
      '15 cart: 1.1 runs, before it was 1.0',
    ]);
  });

  it('tell the deployments of GitLab and the rollouts of Argo', () => {
    const deployed = (id: string, t: number) =>
      at({ project: 'shop/cart', environment: 'prod', current_commit_short_id: id }, [t, 1]);
    expect(found('gitlab', [[deployed('a1b2c3d', 0)], [deployed('e4f5a6b', 15)]]).flat()).toEqual([
      '15 the commit e4f5a6b is deployed, before it was a1b2c3d',
    ]);
    const phase = (name: string, t: number) => at({ namespace: 'shop', name: 'cart', phase: name }, [t, 1]);
    const phases = [[phase('Healthy', 0)], [phase('Progressing', 15)], [phase('Degraded', 30)]];
    expect(found('rollout', phases).flat()).toEqual([
      '15 its rollout is Progressing, before it was Healthy',
      '30 its rollout is Degraded, before it was Progressing',
    ]);
  });

  it('are found over a restart', () => {
    const store = openStore(':memory:');
    new ChangeStates(query('image'), store.values('s'), 'eu').learn([runs('v1', 0)], 0);
    const again = new ChangeStates(query('image'), store.values('s'), 'eu');
    expect(again.learn([runs('v2', hour)], hour)).toEqual([
      {
        t: hour,
        entity: { namespace: 'shop', container: 'cart' },
        kind: 'deploy',
        text: 'the image is v2, before it was v1',
      },
    ]);
    store.close();
  });
});
