import { describe, expect, it } from 'vitest';
import { LogStream } from '../../cli/log-stream.ts';
import type { LogCollector } from '../../core/log.ts';
import { openStore } from '../../store/sqlite.ts';

const now = Date.parse('2026-03-01T10:00:00Z');
const delay = 15_000;
const t = now - delay;

const line = (at: number) => ({ text: 'order taken', t: at, labels: { service: 'checkout' } });

/** A stream that has read nothing yet. */
function empty(parts: Partial<Pick<LogCollector, 'commit' | 'lag'>>, clock = () => now): LogStream {
  const collector: LogCollector = {
    name: 'app',
    start: () => Promise.resolve(),
    commit: () => Promise.resolve(),
    lag: () => ({ bytes: 0 }),
    ...parts,
  };
  return new LogStream({
    name: 'app',
    service: ['service'],
    session: [],
    events: false,
    collector,
    step: 15_000,
    delay,
    store: openStore(':memory:'),
    clock,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    told: { read: () => undefined, refused: () => undefined },
  });
}

/** A stream that has read a line that was said `ago` ms ago, a minute ago at the earliest, while `unread` bytes wait. */
async function stream(
  ago: number,
  unread: number,
  commit: LogCollector['commit'] = () => Promise.resolve(),
): Promise<LogStream> {
  let clock = now - Math.min(ago, 60_000);
  const one = empty({ commit, lag: () => ({ bytes: unread }) }, () => clock);
  await one.take({ records: [line(now - ago)], position: '1' });
  clock = now;
  return one;
}

describe('up to when a source was read', () => {
  it('is all that was asked for when nothing waits, however long nobody said anything', async () => {
    expect((await stream(3_600_000, 0)).readTo(t)).toBe(t);
  });

  it('is all that was asked for of a source that is written all the time', async () => {
    expect((await stream(100, 5000)).readTo(t)).toBeGreaterThanOrEqual(t - 100);
  });

  it('is a minute before the newest line while a past is read: lines of many files come in no order', async () => {
    expect((await stream(3_600_000, 5000)).readTo(t)).toBe(now - 3_660_000);
  });

  it('is nothing before the source has looked at what there is', () => {
    expect(empty({ lag: () => ({ bytes: 0, blind: true }) }).readTo(t)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('is a minute before the newest line where old lines come, as from a sender that was cut off', async () => {
    const one = empty({ lag: () => ({}) });
    await one.take({ records: [line(now - 3_600_000)], position: '1' });
    expect(one.readTo(t)).toBe(now - 3_660_000);
  });

  it('stands still while the source cannot be read: what is not seen is no silence', async () => {
    const one = await stream(600_000, 0);
    one.trouble('the broker does not answer');
    expect(one.readTo(t)).toBe(now - 660_000);
    expect(one.troubled).toEqual({ message: 'the broker does not answer', since: now });
    one.trouble(undefined);
    expect(one.readTo(t)).toBe(t);
    expect(one.troubled).toBeUndefined();
  });
});

it('counts each line of a long past in its own step, also when steps were closed before the first came', async () => {
  const one = empty({});
  expect(one.close(t)).toEqual([]);
  const times = Array.from({ length: 130 }, (_, i) => now - 60_000 * (130 - i));
  await one.take({ records: times.map(line), position: '1' });
  const lines = one.close(now).filter(({ labels }) => labels.__name__ === 'foreshock_log_lines');
  expect(lines.map(sample => sample.t)).toEqual(times);
  expect(lines.every(({ v }) => v === 1)).toBe(true);
});

describe('what was stored', () => {
  it('is told outside one position after another, each once', async () => {
    const told: string[] = [];
    const answers: (() => void)[] = [];
    const one = await stream(100, 0, position => {
      told.push(position);
      return new Promise(resolve => answers.push(resolve));
    });
    one.save();
    const first = one.stored();
    await one.take({ records: [], position: '2' });
    one.save();
    const second = one.stored();
    await Promise.resolve();
    expect(told).toEqual(['1']);
    answers[0]?.();
    await first;
    await Promise.resolve();
    expect(told).toEqual(['1', '2']);
    answers[1]?.();
    await second;
    await one.stored();
    expect(told).toEqual(['1', '2']);
  });

  it('is told again when the outside did not take it', async () => {
    let calls = 0;
    const one = await stream(100, 0, () =>
      calls++ === 0 ? Promise.reject(new Error('away')) : Promise.resolve(),
    );
    one.save();
    await one.stored();
    await one.stored();
    expect(calls).toBe(2);
  });
});
