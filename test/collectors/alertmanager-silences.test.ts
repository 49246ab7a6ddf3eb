import { describe, expect, it } from 'vitest';
import { readSilences } from '../../collectors/alertmanager-silences.ts';

const silence = (id: string, more: object = {}) => ({
  id,
  status: { state: 'active' },
  createdBy: 'ann',
  comment: 'why',
  startsAt: '2026-01-01T10:00:00.000Z',
  endsAt: '2026-01-01T12:00:00.000Z',
  updatedAt: '2026-01-01T10:00:00.000Z',
  matchers: [{ name: 'service', value: 'cart', isRegex: false, isEqual: true }],
  ...more,
});
const read = (...given: unknown[]) => readSilences(JSON.stringify(given));

describe('the silences that an Alertmanager answers', () => {
  it('are read with their matchers and times, those that are over left out', () => {
    const { silences, refused } = read(silence('a'), silence('b', { status: { state: 'expired' } }));
    expect(silences).toMatchObject([
      { id: 'a', startsAt: Date.UTC(2026, 0, 1, 10), endsAt: Date.UTC(2026, 0, 1, 12), createdBy: 'ann' },
    ]);
    expect(silences[0]!.matches({ service: 'cart' })).toBe(true);
    expect(refused).toEqual([]);
  });

  it('take matchers of before `isEqual` for equal', () => {
    const old = silence('a', { matchers: [{ name: 'service', value: 'c.*', isRegex: true }] });
    expect(read(old).silences[0]!.matches({ service: 'cart' })).toBe(true);
  });

  it('are refused one by one, with what is wrong', () => {
    const bad = [{ name: 'service', value: '(', isRegex: true, isEqual: true }];
    const { silences, refused } = read(silence('a'), silence('b', { matchers: bad }), { id: 7 }, null);
    expect(silences.map(({ id }) => id)).toEqual(['a']);
    expect(refused[0]).toBe('silence b: service: "(" is not supported as a regular expression');
    expect(refused).toHaveLength(3);
  });

  it('are read again from what is kept of them', () => {
    const { text } = read(silence('a'), silence('b', { status: { state: 'expired' } }));
    expect(readSilences(text).silences.map(({ id }) => id)).toEqual(['a']);
  });

  it.each([
    ['{}', 'the answer is not a list of silences'],
    ['<html>', 'the answer is not JSON: is this the address of an Alertmanager?'],
  ])('%s is none', (text, message) => {
    expect(() => readSilences(text)).toThrow(new RangeError(message));
  });
});
