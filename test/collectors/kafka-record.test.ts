import { describe, expect, it } from 'vitest';
import { readValue, type ValueFormat } from '../../collectors/kafka-record.ts';

const labels = { topic: 'logs' };

function read(value: Buffer | string | null, format: ValueFormat = 'auto', maxBytes = 1000) {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return readValue({ offset: 0, t: 5, value: bytes }, labels, { format, maxBytes });
}

describe('a value of Kafka', () => {
  it.each([
    ['a text', 'words', { text: 'words' }],
    ['a text with a line end', 'words\r\n', { text: 'words' }],
    ['an object', '{"a":{"b":1}}', { text: '', fields: { a: { b: 1 } } }],
    ['an object after blanks', ' \n{"a":1}\n', { text: '', fields: { a: 1 } }],
    ['an array', '[1]', { text: '[1]' }],
    ['a number', '5', { text: '5' }],
  ])('is handed on: %s', (_, value, record) => {
    expect(read(value)).toEqual({ record: { ...record, t: 5, labels }, refused: undefined });
  });

  it('is text where the format says so', () => {
    expect(read('{"a":1}', 'text').record?.text).toBe('{"a":1}');
  });

  it.each(['auto', 'json'] as const)('goes on as text when it claims to be JSON and is not (%s)', format => {
    expect(read('{"a":', format)).toMatchObject({ record: { text: '{"a":' }, refused: 'invalid_json' });
  });

  it.each([
    ['a tombstone', null, 'invalid_message'],
    ['an empty one', '', 'invalid_message'],
    ['a binary one', Buffer.from([0, 0, 0, 1, 65]), 'binary'],
  ])('is refused: %s', (_, value, refused) => {
    expect(read(value)).toEqual({ record: undefined, refused });
  });

  it('is repaired where bytes are no UTF-8', () => {
    const { record, refused } = read(Buffer.from([0x61, 0xff, 0x62]));
    expect(record?.text).toBe('a\ufffdb');
    expect(refused).toBe('invalid_utf8');
  });

  it('is cut between two characters where it is too long', () => {
    const { record, refused } = read('ä'.repeat(10), 'auto', 7);
    expect(record?.text).toBe('äää');
    expect(refused).toBe('too_long');
  });

  it('has no time where its producer gave none', () => {
    const read = readValue({ offset: 0, t: undefined, value: Buffer.from('a') }, labels, {
      format: 'auto',
      maxBytes: 10,
    });
    expect(read.record).toEqual({ text: 'a', labels });
  });
});
