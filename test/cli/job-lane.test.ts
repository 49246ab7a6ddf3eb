import { expect, it } from 'vitest';
import { JobLane, type LaneEvent } from '../../cli/job-lane.ts';
import { SourceError } from '../../core/series.ts';
import { until } from '../integration/loopback-server.ts';

/** A lane whose clock is moved by hand, and what it did. */
function lane() {
  const events: LaneEvent[] = [];
  const done: string[] = [];
  const time = { now: 0 };
  const stop = new AbortController();
  const made = new JobLane({ clock: () => time.now, random: () => 1, observe: event => events.push(event) });
  const job = (key: string, { says = key, urgent = false, notBefore = 0 } = {}) =>
    made.put({ key, urgent, notBefore, run: async () => void done.push(says) });
  return { made, events, done, time, stop, job };
}

it('jobs are done in order, urgent ones first, and of two with one key the newer one', async () => {
  const { made, done, job, stop } = lane();
  job('a', { says: 'a, old' });
  job('b');
  job('c', { urgent: true });
  job('a', { says: 'a, new' });
  const running = made.run(stop.signal);
  await until('all are done', () => done.length === 3);
  expect(done).toEqual(['c', 'a, new', 'b']);
  job('d');
  await until('what comes later is done', () => done.includes('d'));
  stop.abort();
  await running;
});

it('what fails is said once, done again with a growing wait, and its success is said', async () => {
  const { made, events, time, stop } = lane();
  let failures = 3;
  let done = false;
  made.put({
    key: 'a',
    urgent: false,
    notBefore: 0,
    run: async () => {
      if (failures-- > 0) throw new SourceError('down', { retryable: true });
      done = true;
    },
  });
  const running = made.run(stop.signal);
  const kinds = () => events.map(({ kind }) => kind);
  await until('it fails', () => kinds().length === 1);
  for (const ms of [1000, 2000, 4000]) {
    const before = failures;
    time.now += ms;
    made.put({ key: 'wake', urgent: false, notBefore: Number.MAX_VALUE, run: async () => undefined });
    await until('it is tried again', () => failures < before);
  }
  await until('it is done', () => done);
  expect(kinds()).toEqual(['failing', 'retry', 'retry', 'recovered']);
  stop.abort();
  await running;
});

it('what can never be done is dropped, and the next one is done', async () => {
  const { made, events, done, job, stop } = lane();
  const run = async () => {
    throw new SourceError('refused', { retryable: false });
  };
  made.put({ key: 'bad', urgent: false, notBefore: 0, run });
  job('good');
  const running = made.run(stop.signal);
  await until('the good one is done', () => done.length === 1);
  expect(events).toEqual([{ kind: 'dropped', message: 'refused' }]);
  stop.abort();
  await running;
});

it('a stop ends what is under way', async () => {
  const { made, events, stop } = lane();
  const hangs = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      stop.abort();
    });
  made.put({ key: 'a', urgent: false, notBefore: 0, run: hangs });
  await made.run(stop.signal);
  expect(events).toEqual([]);
});
