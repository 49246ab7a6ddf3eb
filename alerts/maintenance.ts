import type { HoldStage } from '../core/pipeline.ts';
import { compileIntervals, type TimeInterval } from './time-intervals.ts';

/** Named times, as `time_intervals` states them, and the names of those that are maintenance. */
export interface MaintenanceOptions {
  readonly intervals: readonly { readonly name: string; readonly time_intervals: readonly TimeInterval[] }[];
  readonly active: readonly string[];
}

/**
 * Answers the name of the maintenance that `t` (ms) lies in, undefined outside of all: nothing is told or learned
 * meanwhile. Throws a RangeError that names the interval for a mistake in any, a name given twice, or one not there.
 */
export function createMaintenanceCalendar(options: MaintenanceOptions): (t: number) => string | undefined {
  const calendar = new Map<string, (t: number) => boolean>();
  for (const { name, time_intervals: times } of options.intervals) {
    if (calendar.has(name)) throw new RangeError(`time interval "${name}" is given twice`);
    calendar.set(name, named(name, times));
  }
  const active = options.active.map(name => {
    const holds = calendar.get(name);
    if (holds === undefined)
      throw new RangeError(
        `maintenance: no time interval "${name}": there are ${[...calendar.keys()].join(', ') || 'none'}`,
      );
    return { name, holds };
  });
  return t => active.find(({ holds }) => holds(t))?.name;
}

function named(name: string, times: readonly TimeInterval[]): (t: number) => boolean {
  try {
    return compileIntervals(times);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RangeError(`time interval "${name}": ${reason}`, { cause });
  }
}

/** Holds back every alert of ours, and none of others', while a maintenance lasts. Throws as the calendar does. */
export function createMaintenance(options: MaintenanceOptions): HoldStage {
  const calendar = createMaintenanceCalendar(options);
  return (t, alerts) => {
    const name = calendar(t);
    if (name === undefined) return { passed: alerts, held: [] };
    const ours = alerts.filter(alert => alert.labels.generator === 'foreshock');
    return {
      passed: alerts.filter(alert => alert.labels.generator !== 'foreshock'),
      held: ours.map(alert => ({ alert, by: `maintenance: time interval "${name}"` })),
    };
  };
}
