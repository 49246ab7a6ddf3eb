import { expect, it } from 'vitest';
import { createFeedbackBook } from '../../cli/feedback-book.ts';
import type { Feedback } from '../../core/feedback.ts';
import { openStore } from '../../store/sqlite.ts';

it('knows after a restart what came last, also when all of it has expired', () => {
  const store = openStore(':memory:');
  const values = store.values('feedback');
  const merge = (at: number): Feedback => ({
    kind: 'merge',
    incidents: ['a', 'b'],
    into: 'b',
    at,
    by: 'ann',
  });
  const book = createFeedbackBook(values);
  book.add(merge(1));
  book.add(merge(2));
  const { last } = book.reshapedAfter('');
  book.expire(10, () => false);
  const again = createFeedbackBook(values);
  again.add(merge(20));
  expect(again.reshapedAfter(last).records.map(({ at }) => at)).toEqual([20]);
  store.close();
});
