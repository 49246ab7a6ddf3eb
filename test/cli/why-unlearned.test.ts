import { expect, it } from 'vitest';
import { classOverview } from '../../cli/class-readings.ts';
import { SourceError } from '../../core/series.ts';
import { learned, makeWatch, setUp, setUpWith, step, t0 } from './learning-classes.ts';

it('says why a class has no history once a kind of reason, and the newest words on the page', async () => {
  const reasons = ['reach only 40s back', 'reach only 5m40s back', undefined];
  const doubt = async () => {
    const reason = reasons.shift();
    return reason === undefined ? undefined : { kind: 'young' as const, reason };
  };
  const { watches, learning, jobs, said } = setUpWith(['a/a'], { doubt });
  for (const now of [t0, t0 + 310_000]) {
    learning.step(t0, now);
    jobs.at(-1)?.end(undefined);
    await learning.idle();
    learning.step(t0, now);
  }
  expect(said.filter(line => line.includes('history'))).toEqual([
    'a/a has no history yet: reach only 40s back; it is tried again every 5m',
  ]);
  expect(learning.hasNoHistory(watches[0]!)).toBe(true);
  expect(classOverview(watches[0]!).reasons).toEqual(['has no history yet: reach only 5m40s back']);
  learning.step(t0, t0 + 620_000);
  jobs.at(-1)?.end(learned('a/a', t0));
  await learning.idle();
  learning.step(t0, t0 + 620_000);
  expect(learning.hasNoHistory(watches[0]!)).toBe(false);
  expect(classOverview(watches[0]!)).toMatchObject({ counts: { watching: 1 }, reasons: [] });
});

it('warns of a class that was learned of samples too rare to be watched, and learns on where the source does not say', async () => {
  const rare = { kind: 'rare' as const, reason: 'samples come every 1m' };
  const { watches, learning, jobs, said } = setUpWith(['a/a', 'b/b'], {
    doubt: async watch => {
      if (watch.watch.class.name === 'a/a') return rare;
      throw new SourceError('away', { retryable: true });
    },
  });
  for (const name of ['a/a', 'b/b']) {
    learning.step(t0, t0);
    jobs.at(-1)?.end(learned(name, t0));
    await learning.idle();
  }
  learning.step(t0, t0);
  expect(watches.map(({ fitted }) => fitted)).toEqual([true, true]);
  expect(said).toContain('a/a: samples come every 1m');
  expect(watches.map(watch => classOverview(watch).reasons[0])).toEqual(['samples come every 1m', undefined]);
});

it('says of each class why it has no model', async () => {
  const { watches, learning, jobs } = setUp('a/a', 'b/b');
  const why = () => watches.map(watch => learning.whyUnlearned(watch));
  learning.step(t0, t0);
  expect(why()).toEqual(['it is being learned', 'it waits for its turn to be learned']);
  jobs[0]?.fail(new SourceError('no answer in 30s', { retryable: true }));
  await learning.idle();
  learning.step(t0 + step, t0 + step);
  expect(why()).toEqual(['learning it failed: no answer in 30s; it is tried again', 'it is being learned']);
  jobs[1]?.end();
  await learning.idle();
  learning.step(t0 + 2 * step, t0 + 2 * step);
  expect(why()[1]).toBe('not learned yet: its history is read, or is too short; it is tried again');
  watches[1]?.leaveOut({ limit: 'series', reason: 'it is over limits.series' });
  expect(why()[1]).toBe('it is over limits.series');
  expect(learning.whyUnlearned(makeWatch('c/c'))).toBeUndefined();
});
