import type { Config } from '../config/schema.ts';
import type { Store } from '../core/store.ts';
import type { Metrics } from '../server/metrics.ts';
import type { Log } from './log.ts';
import { type CapacityDesk, knownBy } from './report-capacity.ts';
import { ReportDesk } from './report-desk.ts';
import { readersZone, reportInputs } from './report-inputs.ts';
import { ReportSchedule } from './report-schedule.ts';
import { createReportTargets } from './report-targets.ts';

/** The reports of a daemon, on the schedule of its config; none where the config asks for none. */
export function createReports(
  { report }: Pick<Config, 'report'>,
  parts: {
    readonly store: Store;
    readonly metrics: Metrics;
    readonly log: Log;
    readonly capacity?: CapacityDesk | undefined;
  },
): ReportDesk | undefined {
  if (report === undefined) return undefined;
  const { store, metrics, log, capacity } = parts;
  const timeZone = readersZone(report);
  return new ReportDesk({
    ...{ store, log },
    schedule: new ReportSchedule(report.schedule, timeZone),
    formats: report.formats,
    targets: createReportTargets(report, message => log.warn(`capacity report: ${message}`)),
    clock: Date.now,
    random: Math.random,
    inputs: async madeAt => {
      const tables = (table: string) => store.values(table).entries();
      return reportInputs({ madeAt, timeZone }, { tables, capacity: knownBy(capacity) });
    },
    observe: ({ target, outcome }) => metrics.reports.inc({ target, outcome }),
  });
}
