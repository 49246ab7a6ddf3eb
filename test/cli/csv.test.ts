import { describe, expect, it, test } from 'vitest';
import { csvField, parseMetricsCsv, splitCsvLine } from '../../cli/csv.ts';
import { InputError } from '../../cli/exit.ts';

function columns(text: string): number[][] {
  return parseMetricsCsv(text, 'm.csv').columns.map(column => [...column]);
}

function complaint(text: string): string {
  try {
    parseMetricsCsv(text, 'm.csv');
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  return 'none';
}

describe('what a metrics CSV may look like', () => {
  const plain = 'timestamp,cpu,memory\n60,1,2\n120,3,4\n';

  test.each([
    ['CRLF line ends', plain.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\uFEFF${plain}`],
    ['no newline at the end', plain.trimEnd()],
    ['blank lines at the end', `${plain}\n\n`],
    ['quoted names and values', '"timestamp","cpu","memory"\n"60","1","2"\n120,"3",4\n'],
    ['blanks around fields', 'timestamp, cpu, memory\n60, 1, 2\n120, 3, 4\n'],
    ['ISO timestamps', plain.replace('60', '1970-01-01T00:01:00Z').replace('120', '1970-01-01 00:02:00')],
  ])('%s', (_, text) => {
    const frame = parseMetricsCsv(text, 'm.csv');
    expect([...frame.t]).toEqual([60_000, 120_000]);
    expect(frame.signals).toEqual(['cpu', 'memory']);
    expect(columns(text)).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  it('has names with commas and quotes when they are quoted', () => {
    const frame = parseMetricsCsv('timestamp,"a,b","say ""hi"""\n1,2,3\n', 'm.csv');
    expect(frame.signals).toEqual(['a,b', 'say "hi"']);
  });

  it('takes empty, NaN, null, NA and infinite fields as missing', () => {
    const [a] = columns('timestamp,a\n1,\n2,NaN\n3,null\n4,NA\n5, \n6,+Inf\n7,-Infinity\n8,8\n');
    expect(a).toEqual([...Array.from({ length: 7 }, () => Number.NaN), 8]);
  });

  it('counts infinite values, also those too large for a number', () => {
    expect(parseMetricsCsv('timestamp,a\n1,inf\n2,1e999\n3,\n4,1e300\n', 'm.csv').infinite).toBe(2);
  });

  it('keeps rows of the same time apart and counts them', () => {
    const frame = parseMetricsCsv('timestamp,a\n1,1\n1,2\n1,3\n2,4\n', 'm.csv');
    expect(frame.duplicates).toBe(2);
    expect([...frame.columns[0]!]).toEqual([1, 2, 3, 4]);
  });

  it.each([
    ['a header only', 'timestamp,a\n', 0],
    ['one row', 'timestamp,a\n1,1', 1],
  ])('may be %s', (_, text, rows) => {
    expect(parseMetricsCsv(text, 'm.csv').t).toHaveLength(rows);
  });

  it('reads numbers in every usual notation', () => {
    expect(columns('timestamp,a\n1,-1.5\n2,+.5\n3,2.\n4,1e3\n5,1E-2\n')).toEqual([
      [-1.5, 0.5, 2, 1000, 0.01],
    ]);
  });
});

describe('what is refused, with file, line and what would do', () => {
  test.each([
    ['timestamp,a\n1,1\n2,fast\n', /^m\.csv:3 column "a": "fast" is not a number/],
    ['timestamp,a\n1,0x10\n', /^m\.csv:2 column "a": "0x10" is not a number/],
    ['timestamp,a\n1,1"2\n', /^m\.csv:2: a quote stands alone/],
    ['timestamp,a\n1,"2\n', /^m\.csv:2: a quote stands alone/],
    ['timestamp,a\n2,1\n1,1\n', /^m\.csv:3:1: timestamp 1 lies before the row above/],
    ['timestamp,a,b\n1,1,1\n2,1\n', /^m\.csv:3: 2 fields, the header has 3/],
    ['timestamp,a\n1,1\n\n2,2\n', /^m\.csv:3: 1 fields, the header has 2/],
    ['timestamp,a\nnoon,1\n', /^m\.csv:2:1: "noon" is not a timestamp/],
    ['timestamp,a\n1e300,1\n', /^m\.csv:2:1: "1e300" is not a timestamp/],
    ['time,a\n1,1\n', /^m\.csv:1:1: the first column must be "timestamp", not "time"/],
    ['timestamp\n1\n', /^m\.csv:1: there is no column beside timestamp/],
    ['timestamp,a,a\n1,1,1\n', /^m\.csv:1: column "a" stands twice/],
    ['timestamp,a,\n1,1,1\n', /^m\.csv:1: column 3 has no name/],
    ['', /^m\.csv:1: the file is empty/],
    ['\uFEFF\n', /^m\.csv:1: the file is empty/],
  ])('%j', (text, message) => {
    expect(complaint(text)).toMatch(message);
  });
});

test.each(['plain', 'a,b', 'say "hi"', '', ' blank '])('the field %j is read as it was written', field => {
  expect(splitCsvLine(`x,${csvField(field)},y`)).toEqual(['x', field, 'y']);
});
