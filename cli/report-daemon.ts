import type { Store } from '../core/store.ts';
import type { Metrics } from '../server/metrics.ts';
import type { CapacityDesk } from './capacity-desk.ts';
import type { Loaded } from './load.ts';
import type { Log } from './log.ts';
import { knownBy, newestForecast } from './report-capacity.ts';
import { ReportDesk } from './report-desk.ts';
import { readersZone, reportInputs } from './report-inputs.ts';
import { ReportSchedule } from './report-schedule.ts';
import { createReportTargets } from './report-targets.ts';
import { createReportThread } from './report-thread.ts';

interface Parts {
  readonly store: Store;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly capacity: Pick<CapacityDesk, 'forecasts' | 'outcomes'>;
}

/** After a start a report waits so long for forecasts of today, ms; then it says that they are old. */
const patience = 900_000;
const fresh = 26 * 3_600_000;

/** The reports of a daemon, on the schedule of its config; none where the config asks for none. */
export function createReports({ config, packs }: Loaded, parts: Parts): ReportDesk | undefined {
  const { report } = config;
  if (report === undefined) return undefined;
  const { store, metrics, log, capacity } = parts;
  const timeZone = readersZone(report);
  const startedAt = Date.now();
  return new ReportDesk({
    ...{ store, log },
    schedule: new ReportSchedule(report.schedule, timeZone),
    formats: report.formats,
    targets: createReportTargets(report, message => log.warn(`capacity report: ${message}`)),
    clock: Date.now,
    random: Math.random,
    isReady: now =>
      !config.forecast.enabled ||
      now - startedAt > patience ||
      newestForecast(capacity.forecasts()) > now - fresh,
    inputs: async madeAt => {
      const tables = (table: string) => store.values(table).entries();
      const known = knownBy(capacity, { madeAt, timeZone });
      return reportInputs({ madeAt, timeZone }, { tables, packs, capacity: known });
    },
    make: createReportThread(),
    observe: ({ target, outcome }) => metrics.reports.inc({ target, outcome }),
  });
}
