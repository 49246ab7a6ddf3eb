import { expect, it } from 'vitest';
import { RowMemory } from '../../cli/row-memory.ts';

const [a, b, c] = ['a', 'b', 'c'].map(service => ({ service }));

it('reports a row for twenty steps after it was last abnormal', () => {
  const memory = new RowMemory(2);
  memory.report(1);
  for (let step = 0; step < 20; step++) expect(memory.take()).toEqual([1]);
  expect(memory.take()).toEqual([]);
});

it('follows another membership: those that stay keep what is known of them', () => {
  const memory = new RowMemory(2, 100);
  memory.see(1, 200);
  memory.report(1);
  const next = memory.remap([a!, b!], [b!, c!]);
  expect([next.lastAt(0), next.lastAt(1)]).toEqual([200, Number.NaN]);
  expect(next.take()).toEqual([0]);
});
