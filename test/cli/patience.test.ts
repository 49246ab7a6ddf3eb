import { getEventListeners } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withPatience } from '../../cli/patience.ts';

const listeners = (parent: AbortSignal) => getEventListeners(parent, 'abort').length;

describe('work that a stop or its own time may end', () => {
  it('is one listener of its parent while it lasts, however many of its requests listen, and none after', async () => {
    const { signal } = new AbortController();
    const warnings: string[] = [];
    const hear = ({ name }: Error) => warnings.push(name);
    process.on('warning', hear);
    const during = await withPatience(signal, 1e6, async own => {
      for (let k = 0; k < 50; k++) own.addEventListener('abort', () => undefined);
      await nextTurn();
      return listeners(signal);
    });
    process.off('warning', hear);
    expect([during, warnings]).toEqual([1, []]);
    await expect(withPatience(signal, 1e6, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(listeners(signal)).toBe(0);
  });

  it('ends with its parent, and when its time is over', async () => {
    const stopped = (own: AbortSignal) =>
      new Promise<string>(resolve => own.addEventListener('abort', () => resolve('stopped')));
    const parent = new AbortController();
    const work = withPatience(parent.signal, 1e6, stopped);
    parent.abort();
    expect(await work).toBe('stopped');
    expect(await withPatience(new AbortController().signal, 1, stopped)).toBe('stopped');
  });
});
