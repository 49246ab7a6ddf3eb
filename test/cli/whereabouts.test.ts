import { describe, expect, it } from 'vitest';
import { rolloutReason } from '../../cli/departures.ts';
import { createWhereabouts, readTargets, type Targets } from '../../cli/whereabouts.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';

const target = (instance: string, job = 'web') => ({ instance, job });
const scraped = (instance: string, job = 'web') => ({ labels: target(instance, job), up: true });
const three = ['a:1', 'b:1', 'c:1'].map(instance => target(instance));

describe('where an entity is', () => {
  const of = (entity: Record<string, string>, targets: Targets) => createWhereabouts(targets)(entity).kind;

  it.each<[string, Record<string, string>, Targets, string]>([
    ['its target is scraped', { instance: 'a:1' }, { now: [scraped('a:1')], before: three }, 'up'],
    [
      'its exporter does not answer',
      { instance: 'a:1' },
      { now: [{ ...scraped('a:1'), up: false }, scraped('b:1')], before: three },
      'down',
    ],
    [
      'it left discovery and its neighbours stay',
      { instance: 'a:1' },
      { now: [scraped('b:1'), scraped('c:1')], before: three },
      'left',
    ],
    ['its whole job is away', { instance: 'a:1' }, { now: [scraped('x', 'db')], before: three }, 'unknown'],
    [
      'it was the only one of its job, and others are scraped',
      { instance: 'x' },
      { now: [scraped('a:1')], before: [...three, target('x', 'db')] },
      'left',
    ],
    ['nobody is scraped any more', { instance: 'x' }, { now: [], before: [target('x', 'db')] }, 'unknown'],
    ['it has no label of a target', { topic: 'orders' }, { now: [scraped('a:1')], before: three }, 'unknown'],
    ['it never was a target', { instance: 'z:1' }, { now: [scraped('a:1')], before: three }, 'unknown'],
    [
      'one of its two targets is left',
      { job: 'web' },
      { now: [scraped('b:1')], before: three.slice(0, 2) },
      'up',
    ],
    [
      'a label that targets do not have is of no matter',
      { cluster: 'eu', instance: 'a:1' },
      { now: [scraped('b:1')], before: three },
      'left',
    ],
  ])('%s', (_, entity, targets, kind) => {
    expect(of(entity, targets)).toBe(kind);
  });

  it('says why it is taken for gone', () => {
    const { reason } = createWhereabouts({ now: [scraped('b:1')], before: three })({ instance: 'a:1' });
    expect(reason).toBe('its target left service discovery; 1 other is still scraped in job web');
  });
});

it('reads a target as one until two scrape intervals after its last scrape', async () => {
  const scrapes = (instance: string, until: number) => {
    const t = Float64Array.from({ length: until / 15_000 + 1 }, (_, i) => i * 15_000);
    return { labels: { __name__: 'up', job: 'web', instance }, t, v: t.map(() => 1) };
  };
  const source = createEvaluator([scrapes('a:1', 600_000), scrapes('b:1', 900_000)], { lookback: 300_000 });
  const namesAt = async (t: number) => {
    const { now } = await readTargets(source, { t, scrapeInterval: 15_000 });
    return now.map(({ labels }) => labels.instance);
  };
  expect(await namesAt(615_000)).toEqual(['a:1', 'b:1']);
  expect(await namesAt(645_000)).toEqual(['b:1']);
  expect((await readTargets(source, { t: 645_000, scrapeInterval: 15_000 })).before).toHaveLength(2);
});

describe('a rollout', () => {
  const pods = (...names: string[]) => names.map(pod => ({ namespace: 'shop', pod }));
  it('is seen when as many came as went', () => {
    const [old, ...went] = pods('web-1', 'web-2', 'web-3');
    expect(rolloutReason(old!, went, pods('web-4', 'web-5', 'web-6'))).toBe(
      'replaced by a rollout: 3 like it came as 3 went',
    );
  });
  it('is none when only few came, nobody did, or they are of another namespace', () => {
    const [old, ...went] = pods('web-1', 'web-2', 'web-3');
    expect(rolloutReason(old!, went, pods('web-4'))).toBeUndefined();
    expect(rolloutReason(old!, went, [])).toBeUndefined();
    expect(rolloutReason(old!, [], [{ namespace: 'bank', pod: 'web-4' }])).toBeUndefined();
  });
});
