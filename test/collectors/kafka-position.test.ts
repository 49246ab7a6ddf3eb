import { describe, expect, it } from 'vitest';
import { KafkaProgress, planStart, readPosition, type StartState } from '../../collectors/kafka-position.ts';

const ends = [{ topic: 'logs', partition: 0, low: 100, high: 200 }];
const storedAt = (offset: number) => ({ reader: 'me', offsets: { logs: { '0': offset } } });
const groupAt = (offset: number, by: string) => [{ topic: 'logs', partition: 0, offset, by }];

function startOf(state: Partial<StartState>) {
  return planStart({ stored: undefined, committed: [], ends, startAt: 'end', ...state });
}
const offsetOf = (state: Partial<StartState>) => startOf(state).offsets[0]!.offset;

describe('where Kafka is read from', () => {
  it('goes by start_at where nothing is known', () => {
    expect(offsetOf({})).toBe(200);
    expect(offsetOf({ startAt: 'beginning' })).toBe(100);
  });

  it('goes by the store, be the group ahead of it or behind', () => {
    expect(offsetOf({ stored: storedAt(150), committed: groupAt(180, 'me') })).toBe(150);
    expect(offsetOf({ stored: storedAt(150), committed: groupAt(120, 'me') })).toBe(150);
    expect(offsetOf({ stored: storedAt(150) })).toBe(150);
  });

  it('goes by the group where somebody else has committed, or a person has reset it', () => {
    expect(offsetOf({ stored: storedAt(150), committed: groupAt(180, 'other') })).toBe(180);
    expect(offsetOf({ stored: storedAt(150), committed: groupAt(110, '') })).toBe(110);
    expect(offsetOf({ committed: groupAt(110, 'me') })).toBe(110);
  });

  it('reads a partition that was added to a known topic from its beginning', () => {
    const stored = { reader: 'me', offsets: { logs: { '1': 5 } } };
    expect(offsetOf({ stored })).toBe(100);
  });

  it('counts what was deleted before it was read', () => {
    expect(startOf({ stored: storedAt(40) })).toEqual({
      offsets: [{ topic: 'logs', partition: 0, offset: 100 }],
      gone: [{ what: 'logs/0: the broker has deleted what came before 100', records: 60 }],
    });
  });

  it('reads a topic that was made anew from its beginning, and says so', () => {
    const plan = startOf({ stored: storedAt(500) });
    expect(plan.offsets[0]!.offset).toBe(100);
    expect(plan.gone[0]!.what).toMatch(/ends at 200, before 500: it was made anew/);
  });
});

describe('a position of Kafka', () => {
  it('is read as it was written, without the partitions of others', () => {
    const progress = new KafkaProgress('me');
    progress.set({ topic: 'logs', partition: 0 }, 7);
    progress.set({ topic: 'logs', partition: 1 }, 8);
    progress.keep([{ topic: 'logs', partition: 1 }]);
    expect(readPosition(JSON.stringify(progress.position()))).toEqual({
      reader: 'me',
      offsets: { logs: { '1': 8 } },
    });
  });

  it('is refused with words where it is none', () => {
    expect(() => readPosition('{"offset":')).toThrow(/is no position in Kafka: remove it/);
    expect(() => readPosition('{"reader":"me","offsets":{"logs":{"0":-1}}}')).toThrow(RangeError);
  });
});
