import { describe, expect, it } from 'vitest';
import { createMute } from '../../alerts/overrides.ts';
import { openStore } from '../../store/sqlite.ts';
import { day, disk, noise, open, since, today } from './capacity-disks.ts';
import { DailySource } from './capacity-source.ts';

describe('warnings of capacity', () => {
  const growing = () =>
    disk('a', d => since(d, today - 90, d > today + 4 ? 30 + noise(d) : 100 - 0.5 * (today + 5 - d)));

  it('go the way of other alerts: begin, become critical under a name of their own, and end', async () => {
    const { goTo, told } = open(new DailySource([growing()]), openStore(':memory:'));
    for (let d = 0; d <= 20; d++) await goTo(today + d);
    const course = told.map(
      ({ labels, endsAt }) => `${labels.alertname} ${endsAt === undefined ? 'on' : 'off'}`,
    );
    expect(course.filter((each, i) => each !== course[i - 1])).toEqual([
      'ForeshockResourceFilling on',
      'ForeshockResourceAlmostFull on',
      'ForeshockResourceFilling off',
      'ForeshockResourceAlmostFull on',
      'ForeshockResourceAlmostFull off',
    ]);
    expect(told[0]).toMatchObject({
      labels: { generator: 'foreshock', severity: 'warning', pack: 'node', resource: 'filesystem' },
      annotations: {
        summary: expect.stringMatching(/^filesystem of a is full on 2026-06-/),
        runbook_url: expect.stringContaining('ForeshockResourceFilling'),
      },
      startsAt: today * day + 3_600_000,
    });
  });

  it('are put again every five minutes, so that one that was held back is told when that ends', async () => {
    const { desk, goTo, told, later } = open(new DailySource([growing()]), openStore(':memory:'));
    await goTo(today);
    for (let minutes = 0.5; minutes <= 20; minutes += 0.5) {
      later(30_000);
      await desk.step(new AbortController().signal);
    }
    expect(told.length).toBe(5);
    expect(new Set(told.map(({ startsAt, fingerprint }) => `${startsAt}${fingerprint}`)).size).toBe(1);
  });

  it('are held back by a mute, which says so', async () => {
    const { goTo, told } = open(new DailySource([growing()]), openStore(':memory:'));
    await goTo(today);
    const mute = createMute([{ match: { resource: 'filesystem', instance: 'a' }, mute: true }]);
    expect(mute(0, told).held).toMatchObject([
      { by: 'muted: override of resource="filesystem", instance="a"', alert: { labels: { pack: 'node' } } },
    ]);
  });

  it('end after a restart of what is over, damaged keys too, and go on as what they were', async () => {
    const store = openStore(':memory:');
    const first = open(new DailySource([growing()]), store);
    await first.goTo(today);
    store.values('capacity-warnings').set('no labels', new Uint8Array(3));
    const second = open(new DailySource([growing()]), store);
    await second.goTo(today + 1);
    expect(second.told).toMatchObject([{ startsAt: first.told[0]!.startsAt, endsAt: undefined }]);
    for (let d = 5; d <= 20; d++) await second.goTo(today + d);
    expect(second.told.at(-1)!.endsAt).toBeDefined();
    expect(store.values('capacity-warnings').entries()).toEqual([]);
  });
});
