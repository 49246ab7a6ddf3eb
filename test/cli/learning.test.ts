import { expect, it } from 'vitest';
import type { ClassWatch } from '../../cli/class-watch.ts';
import { SourceError } from '../../core/series.ts';
import { batch, day, learned, setUp, setUpWith, step, t0 } from './learning-classes.ts';

it('lets the first class watch while the second is still to be fitted', async () => {
  const { watches, learning, jobs } = setUp('a/a', 'b/b');
  learning.step(t0, t0);
  expect(jobs.map(({ job }) => job.class)).toEqual(['a/a']);
  jobs[0]?.end(learned('a/a', t0));
  await learning.idle();
  expect(watches[0]?.fitted).toBe(false);
  learning.step(t0 + step, t0 + step);
  expect(watches.map(watch => watch.fitted)).toEqual([true, false]);
  expect(watches[0]?.wantedFrom).toBeLessThanOrEqual(t0 + step);
  expect(jobs.map(({ job }) => job.class)).toEqual(['a/a', 'b/b']);
  expect(watches[0]?.pass(batch(watches[0], t0 + step))).toHaveLength(1);
});

it('fits as many classes at once as the trainer does, and places each when it is ready', async () => {
  const { watches, learning, jobs } = setUpWith(['a/a', 'b/b', 'c/c'], { atOnce: 2 });
  learning.step(t0, t0);
  expect(jobs.map(({ job }) => job.class)).toEqual(['a/a', 'b/b']);
  jobs[1]?.end(learned('b/b', t0));
  await Promise.resolve();
  await new Promise(setImmediate);
  learning.step(t0 + step, t0 + step);
  expect(watches.map(watch => watch.fitted)).toEqual([false, true, false]);
  expect(jobs.map(({ job }) => job.class)).toEqual(['a/a', 'b/b', 'c/c']);
});

it('begins with the smallest class, and does not wait for a size that does not come', async () => {
  const sizes = new Map([
    ['a/a', 9000],
    ['c/c', 8],
  ]);
  const size = (watch: ClassWatch) => {
    const known = sizes.get(watch.watch.class.name);
    return known === undefined ? new Promise<number>(() => undefined) : Promise.resolve(known);
  };
  const { learning, jobs } = setUpWith(['a/a', 'b/b', 'c/c'], { size });
  learning.step(t0, t0);
  expect(jobs).toEqual([]);
  await new Promise(setImmediate);
  for (let n = 1; n <= 3; n++) {
    learning.step(t0 + n * step, t0 + n * step);
    jobs.at(-1)?.end(undefined);
    await learning.idle();
  }
  expect(jobs.map(({ job }) => job.class)).toEqual(['c/c', 'a/a', 'b/b']);
});

it('tries a class without a history again a minute later, and one that failed too', async () => {
  const { learning, jobs, said } = setUp('a/a', 'b/b');
  learning.step(t0, t0);
  jobs[0]?.end(undefined);
  await learning.idle();
  learning.step(t0, t0);
  jobs[1]?.fail(new SourceError('away', { retryable: true }));
  await learning.idle();
  learning.step(t0, t0 + 30_000);
  expect(jobs).toHaveLength(2);
  expect(said).toContain('b/b failed: SourceError: away');
  learning.step(t0, t0 + 310_000);
  expect(jobs.map(({ job }) => job.class)).toEqual(['a/a', 'b/b', 'a/a']);
});

it('renews a model after a day, and the class goes on where it is', async () => {
  const { watches, learning, jobs, models } = setUp('a/a');
  learning.step(t0, t0);
  jobs[0]?.end(learned('a/a', t0));
  await learning.idle();
  learning.step(t0, t0);
  const [watch] = watches;
  for (let t = t0 + step; t <= t0 + 20 * step; t += step) watch?.pass(batch(watch, t));
  learning.step(t0 + 20 * step, t0 + day - 1);
  expect(jobs).toHaveLength(1);
  learning.step(t0 + 20 * step, t0 + day);
  expect(jobs[1]?.job).toMatchObject({ class: 'a/a', depth: 'fit' });
  watch?.pass(batch(watch, t0 + 21 * step));
  jobs[1]?.end(learned('a/a', t0 + 20 * step));
  await learning.idle();
  learning.step(t0 + 21 * step, t0 + day + 60_000);
  expect(watch?.t).toBe(t0 + 21 * step);
  expect(models.versions('a/a').map(each => each.why)).toEqual(['first fit', 'refresh']);
});

it.each([
  ['a quarter of an hour, where there was hardly any', 6, 900_000],
  ['as long again, where there was an hour', 240, 3_600_000],
  ['a day, where there was enough', 2016, day],
])('renews a model after %s of history', async (_, rows, after) => {
  const { learning, jobs } = setUp('a/a');
  learning.step(t0, t0);
  jobs[0]?.end(learned('a/a', t0, rows));
  await learning.idle();
  learning.step(t0, t0);
  learning.step(t0, t0 + after - 1);
  expect(jobs).toHaveLength(1);
  learning.step(t0, t0 + after);
  expect(jobs.map(({ job }) => job.depth)).toEqual(['whole', 'fit']);
});

it('does not take a new model that is worse in the race, says so, and tries again a day later', async () => {
  const { watches, learning, jobs, models, said } = setUp('a/a');
  learning.step(t0, t0);
  jobs[0]?.end(learned('a/a', t0));
  await learning.idle();
  learning.step(t0, t0);
  const before = watches[0]?.model;
  learning.step(t0, t0 + day);
  expect(jobs[1]?.job.used).toEqual(watches[0]?.snapshot()?.bytes);
  const race = { fresh: 0.4, used: 0.6, margin: 0.05, cases: 224, isWorse: true };
  jobs[1]?.end({ ...learned('a/a', t0), race });
  await learning.idle();
  learning.step(t0, t0 + day + 60_000);
  expect(watches[0]?.model).toBe(before);
  expect(models.versions('a/a').map(each => each.why)).toEqual(['first fit']);
  const reason =
    'worse in the race than the model in use: 0.400 against 0.600 on the same 224 injected faults, noise explains 0.050';
  expect(models.refusals()).toEqual([{ class: 'a/a', at: t0 + day + 60_000, reason }]);
  expect(said).toContain(`a/a: the new model is refused: ${reason}; the one in use stays`);
  expect(said).toContain('a/a counted as refused');
  learning.step(t0, t0 + 2 * day);
  expect(jobs).toHaveLength(2);
  learning.step(t0, t0 + 2 * day + 60_000);
  expect(jobs[2]?.job.depth).toBe('fit');
  jobs[2]?.end({ ...learned('a/a', t0), race: { ...race, fresh: 0.58, isWorse: false } });
  await learning.idle();
  learning.step(t0, t0 + 2 * day + 120_000);
  expect(models.versions('a/a').map(each => each.why)).toEqual(['first fit', 'refresh']);
  expect(models.refusals()).toEqual([]);
});

it('renews a model that was taken back a day after that, and it races with the one it replaced', async () => {
  const { watches, learning, jobs, models, book } = setUp('a/a');
  for (const at of [t0, t0 + day]) {
    learning.step(at, at);
    jobs.at(-1)?.end(learned('a/a', at));
    await learning.idle();
    learning.step(at, at);
  }
  expect(models.versions('a/a').map(each => each.why)).toEqual(['first fit', 'refresh']);
  const [first] = models.versions('a/a');
  const taken = t0 + day + 3_600_000;
  models.add({ ...first!, at: taken, why: 'rollback' }, models.bytes('a/a', 1)!);
  book.checkpoint(watches, taken + 600_000);
  learning.step(taken + day - 1, taken + day - 1);
  expect(jobs).toHaveLength(2);
  learning.step(taken + day, taken + day);
  expect(jobs[2]?.job).toMatchObject({ depth: 'fit', used: watches[0]?.snapshot()?.bytes });
});

it('fits a class anew that missed too much', async () => {
  const { watches, learning, jobs } = setUp('a/a');
  learning.step(t0, t0);
  jobs[0]?.end(learned('a/a', t0));
  await learning.idle();
  learning.step(t0, t0);
  learning.request(watches[0]!);
  learning.step(t0, t0 + 310_000);
  expect(jobs[1]?.job.depth).toBe('whole');
});

it('keeps the model in use when the new one cannot be read', async () => {
  const { watches, learning, jobs, said } = setUp('a/a');
  learning.step(t0, t0);
  jobs[0]?.end(learned('a/a', t0));
  await learning.idle();
  learning.step(t0, t0);
  learning.step(t0, t0 + day);
  const { snapshot, thresholds } = learned('a/a', t0);
  jobs[1]?.end({ snapshot: { ...snapshot, bytes: snapshot.bytes.subarray(0, 99) }, thresholds });
  await learning.idle();
  learning.step(t0, t0 + day + 1);
  expect(watches[0]?.fitted).toBe(true);
  expect(said.at(-1)).toMatch(/a\/a failed: RangeError: .*damaged/);
});
