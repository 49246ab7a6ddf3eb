import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type LabCase, readCase, upTo } from '../../bench/lab-cases.ts';

const recordings = path.resolve(import.meta.dirname, '../lab/recordings');

describe('a recorded lock in PostgreSQL, as it is diagnosed', () => {
  let one: LabCase;
  beforeAll(async () => {
    one = await readCase(path.join(recordings, 'tune-41-pg-lock'));
  });

  const column = (service: string, signal: string) => {
    const frame = one.frames.find(({ entity }) => entity.service === service);
    return frame?.columns[frame.signals.indexOf(signal)]?.filter(Number.isFinite) ?? new Float64Array();
  };

  it('is noticed by an alert after the time that is learned from', () => {
    expect(one).toMatchObject({ part: 'tune', causes: ['postgresql'] });
    expect(one.alerted).toBeGreaterThan(one.learnUntil);
    expect(one.alerted).toBeGreaterThan(one.recording.meta.truth[0]!.startsAt);
  });

  it('tells what a caller measures of the service that it calls', () => {
    expect(Math.max(...column('postgresql', 'call_error_ratio seen by checkout'))).toBeGreaterThan(0.5);
    expect(one.topology.edges).toContainEqual({ from: 'checkout', to: 'postgresql' });
  });

  it('leaves out what stays within the floor of its pack', () => {
    expect(new Set(column('catalog', 'error_ratio'))).toEqual(new Set([0]));
  });

  it('is cut at the time at which somebody looks', () => {
    const [frame] = one.frames;
    const end = frame!.t[40]!;
    const cut = upTo(frame!, end);
    expect(cut.t.at(-1)).toBe(end);
    expect(cut.columns.every(({ length }) => length === 41)).toBe(true);
  });
});
