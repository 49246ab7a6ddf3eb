import { expect, test } from 'vitest';
import { impatient } from '../../cli/impatient-source.ts';
import { SourceError } from '../../core/series.ts';

const range = { query: 'up', start: 0, end: 0, step: 1000 };

test('a source that is silent three times in a row is left alone; one that refuses a query is not', async () => {
  let asked = 0;
  const failing = (retryable: boolean) =>
    impatient({
      queryRange: () => {
        asked++;
        return Promise.reject(new SourceError('no', { retryable }));
      },
    });
  const silent = failing(true);
  for (let i = 0; i < 10; i++) await expect(silent.queryRange(range)).rejects.toThrow('no');
  expect(asked).toBe(3);
  const refusing = failing(false);
  for (let i = 0; i < 10; i++) await expect(refusing.queryRange(range)).rejects.toThrow('no');
  expect(asked).toBe(13);
});
