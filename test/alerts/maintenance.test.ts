import { describe, expect, it } from 'vitest';
import { createMaintenance, createMaintenanceCalendar } from '../../alerts/maintenance.ts';
import { configSchema } from '../../config/schema.ts';
import { firing } from './alerts.ts';

const config = configSchema.parse({
  prometheus: { url: 'http://127.0.0.1:9090' },
  packs: ['node'],
  time_intervals: [
    {
      name: 'patch night',
      time_intervals: [
        {
          weekdays: ['sunday'],
          times: [{ start_time: '02:00', end_time: '04:00' }],
          location: 'Europe/Berlin',
        },
      ],
    },
    { name: 'holidays', time_intervals: [{ months: ['december'], days_of_month: ['24:26'] }] },
  ],
  maintenance: ['patch night'],
});
const options = { intervals: config.time_intervals, active: config.maintenance };
const sunday = Date.parse('2026-03-01T01:30Z');
const ours = firing({ generator: 'foreshock', service: 'cart' });
const theirs = firing({ alertname: 'Down', service: 'cart' });

describe('maintenance', () => {
  it('holds back every alert of ours while it lasts, says which, and lets those of others through', () => {
    const hold = createMaintenance(options);
    expect(hold(sunday, [ours, theirs])).toEqual({
      passed: [theirs],
      held: [{ alert: ours, by: 'maintenance: time interval "patch night"' }],
    });
    expect(hold(sunday + 2 * 3_600_000, [ours, theirs])).toEqual({ passed: [ours, theirs], held: [] });
  });

  it('is only what is named as such', () => {
    const calendar = createMaintenanceCalendar(options);
    expect(calendar(sunday)).toBe('patch night');
    expect(calendar(Date.parse('2026-12-24T12:00Z'))).toBeUndefined();
  });

  it('refuses a name that is not there, one given twice, and a mistake in an interval that is not in use', () => {
    expect(() => createMaintenance({ ...options, active: ['patch'] })).toThrow(
      'no time interval "patch": there are patch night, holidays',
    );
    expect(() =>
      createMaintenance({ ...options, intervals: [...options.intervals, ...options.intervals] }),
    ).toThrow('"patch night" is given twice');
    expect(() =>
      createMaintenance({ intervals: [{ name: 'x', time_intervals: [{ months: ['13'] }] }], active: [] }),
    ).toThrow('time interval "x": "13"');
  });
});
