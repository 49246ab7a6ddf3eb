import { describe, expect, it } from 'vitest';
import { createCapacityThread } from '../../cli/capacity-pool.ts';
import { createReportThread } from '../../cli/report-thread.ts';
import { usualWeek } from '../reports/constructed.ts';

/** A thread that computes for ever. */
const busy = new URL('data:text/javascript,for(;;);');
const stop = new Error('foreshock stops');

describe('threads that compute when foreshock stops', () => {
  it('a forecast ends at once', async () => {
    const maker = createCapacityThread(busy);
    const stopping = new AbortController();
    const made = maker.make(
      { tasks: [], how: { days: 1, madeAt: 0, calendars: [], plan: [] } },
      stopping.signal,
    );
    stopping.abort(stop);
    await expect(made).rejects.toBe(stop);
    await maker.rest();
  });

  it('a report ends at once', async () => {
    const stopping = new AbortController();
    const made = createReportThread(busy)(usualWeek(), ['html'], stopping.signal);
    stopping.abort(stop);
    await expect(made).rejects.toBe(stop);
  });

  it('none is begun after the stop', async () => {
    const stopped = AbortSignal.abort(stop);
    const how = { days: 1, madeAt: 0, calendars: [], plan: [] };
    await expect(createCapacityThread(busy).make({ tasks: [], how }, stopped)).rejects.toBe(stop);
    await expect(createReportThread(busy)(usualWeek(), ['html'], stopped)).rejects.toBe(stop);
  });
});
