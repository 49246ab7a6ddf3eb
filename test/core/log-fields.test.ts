import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fieldsOf } from '../../core/log-fields.ts';
import { sources } from './log-records.ts';

describe('a structured record is understood as its source means it', () => {
  for (const [name, [record, read]] of Object.entries(sources))
    it(name, () => expect(fieldsOf(record)).toMatchObject(read));

  it('what is no time, level or message under such a name is an attribute', () => {
    const { attributes, ...rest } = fieldsOf({
      time: 12.5,
      level: 'basement',
      message: { a: 1 },
      ts: 'soon',
    });
    expect(attributes).toEqual({ time: '12.5', level: 'basement', 'message.a': '1', ts: 'soon' });
    expect(Object.values(rest).every(value => value === undefined)).toBe(true);
  });
});

describe('attributes are bounded', () => {
  it('in number and in length', () => {
    const { attributes } = fieldsOf(
      Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`a${i}`, 'x'.repeat(999)])),
    );
    expect(Object.keys(attributes)).toHaveLength(40);
    expect(Math.max(...Object.values(attributes).map(({ length }) => length))).toBe(256);
  });

  it('in depth', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 10_000; i++) deep = { a: deep };
    expect(fieldsOf({ deep }).attributes).toEqual({});
  });
});

it('any JSON value is read without an error, into plain text and finite times', () => {
  const names = fc.constantFrom(
    'log',
    'message',
    'level',
    'time',
    '@timestamp',
    'severityNumber',
    'body',
    'resource',
    'attributes',
    '__proto__',
    'key',
    'value',
    'stringValue',
    'values',
  );
  const { tree } = fc.letrec(tie => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(names, fc.string()), tie('tree'), { maxKeys: 6 }),
      fc.jsonValue().map(value => JSON.stringify(value)),
    ),
  }));
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(names, fc.string()), tree), record => {
      const { t: time, attributes, ...texts } = fieldsOf(record);
      expect(time === undefined || Number.isSafeInteger(time)).toBe(true);
      for (const text of [...Object.values(attributes), ...Object.values(texts)])
        expect(['string', 'undefined']).toContain(typeof text);
    }),
    { numRuns: 500 },
  );
});
