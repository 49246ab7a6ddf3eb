import { describe, expect, it } from 'vitest';
import { goRegExp } from '../../core/go-regexp.ts';
import { type SilenceMatcher, silenceMatcher } from '../../core/silence.ts';

const matcher = (name: string, value: string, more: Partial<SilenceMatcher> = {}): SilenceMatcher => {
  return { name, value, isRegex: false, isEqual: true, ...more };
};

describe('the matchers of a silence', () => {
  it('must all hold; a label that is not there is empty', () => {
    const matches = silenceMatcher([matcher('service', 'cart'), matcher('team', '', {})]);
    expect(matches({ service: 'cart' })).toBe(true);
    expect(matches({ service: 'cart', team: 'shop' })).toBe(false);
    expect(matches({ service: 'pay' })).toBe(false);
    expect(silenceMatcher([matcher('constructor', '')])({})).toBe(true);
  });

  it.each([
    [{}, 'cart', [true, false, false]],
    [{ isEqual: false }, 'cart', [false, true, true]],
    [{ isRegex: true }, 'cart|pay', [true, true, false]],
    [{ isRegex: true, isEqual: false }, 'cart|pay', [false, false, true]],
    [{ isRegex: true }, '', [false, false, true]],
    [{ isRegex: true }, 'car', [false, false, false]],
  ])('%j of "%s"', (more, value, expected) => {
    const matches = silenceMatcher([matcher('service', value, more)]);
    expect([{ service: 'cart' }, { service: 'pay' }, {}].map(labels => matches(labels))).toEqual(expected);
  });

  it('names what it cannot read', () => {
    expect(() => silenceMatcher([matcher('service', 'a(', { isRegex: true })])).toThrow(
      'service: "a(" is not supported as a regular expression',
    );
  });
});

describe('a regular expression of Go', () => {
  it.each([
    ['a.c', 'abc', true],
    ['a.c', 'a\nc', false],
    ['a.c', 'a\rc', true],
    ['(?s)a.c', 'a\nc', true],
    ['(?i)CART', 'cart', true],
    ['cart', 'xcartx', false],
    ['cart|pay', 'payment', false],
    ['[[:alpha:]]+-[[:digit:]]{2}', 'web-12', true],
    ['[^[:space:]]+', 'a b', false],
    ['[]a]+', ']a]', true],
    ['[a[]+', 'a[', true],
    ['\\Aweb\\z', 'web', true],
    ['\\Q1.2*\\E!', '1.2*!', true],
    ['node\\-1\\.example\\_x', 'node-1.example_x', true],
    ['(?P<host>a+)', 'aa', true],
    ['\\pL+', 'Größe', true],
    ['\\s', '\u00a0', false],
    ['.', '\u{1f525}', true],
  ])('%j on %j', (source, text, expected) => {
    expect(goRegExp(source).test(text)).toBe(expected);
  });

  it.each(['a(', '[b', '\\C', '(?z)a'])('%s cannot be said', source => {
    expect(() => goRegExp(source)).toThrow(SyntaxError);
  });
});
