import { expect, it } from 'vitest';
import { tellStages } from '../../cli/capacity-progress.ts';

function telling(terminal: boolean) {
  const written: string[] = [];
  let now = 0;
  const tell = tellStages({ clock: () => (now += 1000), write: text => written.push(text), terminal });
  return { tell, written };
}

it('a refresh tells which resource is read, and how far the forecasts of many entities are', () => {
  const { tell, written } = telling(false);
  const disk = { resource: 'node/disk@a', number: 1, of: 2 };
  tell(disk);
  for (let done = 32; done <= 320; done += 32) tell({ ...disk, forecast: { done, total: 320 } });
  const memory = { resource: 'node/memory@a', number: 2, of: 2 };
  tell(memory);
  tell({ ...memory, forecast: { done: 3, total: 3 } });
  expect(written[0]).toBe('reading node/disk@a, 1 of 2 resources\n');
  expect(written[1]).toMatch(/^forecasting node\/disk@a: 32 of 320 \(10 %\), .* left\n$/);
  expect(written.length).toBe(12);
  expect(written.at(-1)).toBe('reading node/memory@a, 2 of 2 resources\n');
});

it('on a terminal one line is written over and over, and wiped at the end', () => {
  const { tell, written } = telling(true);
  const disk = { resource: 'node/disk@a', number: 1, of: 1 };
  tell(disk);
  for (const done of [32, 64, 70]) tell({ ...disk, forecast: { done, total: 70 } });
  expect(written.every(text => text.startsWith('\r\u001b[K') && !text.includes('\n'))).toBe(true);
  expect(written.at(-1)).toBe('\r\u001b[K');
});
