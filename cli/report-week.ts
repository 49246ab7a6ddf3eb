import type { Incident } from '../core/incident.ts';
import type { KeyValues } from '../core/store.ts';
import type { Noise, ReportedIncident, ReportInputs } from '../reports/model.ts';
import { createFeedbackBook } from './feedback-book.ts';
import { createIncidentBook, type IncidentBook } from './incident-book.ts';
import { incidentsOf } from './incident-store.ts';

/** The values of a table of the store, by key. */
export type Tables = (table: string) => ReturnType<KeyValues['entries']>;

interface Period {
  readonly from: number;
  readonly to: number;
}

const within = (t: number, { from, to }: Period): boolean => t >= from && t < to;

/** What called people: the last notification of an incident that is over told its end. */
function callsOf({ notifications, endsAt }: Incident): Incident['notifications'] {
  return endsAt === undefined ? notifications : notifications.slice(0, -1);
}

function noiseOf(incidents: readonly Incident[], period: Period): Noise {
  const count = <T>(of: (incident: Incident) => readonly T[], at: (item: T) => number) =>
    incidents.reduce((sum, each) => sum + of(each).filter(item => within(at(item), period)).length, 0);
  return {
    alerts: count(
      ({ members }) => members,
      ({ alert }) => alert.startsAt,
    ),
    incidents: incidents.filter(({ startsAt }) => within(startsAt, period)).length,
    notifications: count(callsOf, ({ at }) => at),
  };
}

/** Incidents and noise of the period that ends at `madeAt` (ms), as people have merged and split the incidents. */
export function weekOf(
  tables: Tables,
  { madeAt, back }: Pick<ReportInputs, 'madeAt' | 'back'>,
): Pick<ReportInputs, 'incidents' | 'noise' | 'noiseBefore'> {
  const said = tables('feedback');
  const none = () => undefined;
  const feedback = createFeedbackBook({
    entries: () => said,
    keys: () => [],
    get: none,
    set: none,
    delete: none,
  });
  const book = createIncidentBook(Number.POSITIVE_INFINITY, feedback);
  book.update(incidentsOf(tables('incidents')));
  return weekIn(book, { madeAt, back });
}

/** The same of a book that is open already. */
export function weekIn(
  book: Pick<IncidentBook, 'list'>,
  { madeAt, back }: Pick<ReportInputs, 'madeAt' | 'back'>,
): Pick<ReportInputs, 'incidents' | 'noise' | 'noiseBefore'> {
  const views = book.list();
  const all = views.map(({ incident }) => incident);
  const period = { from: madeAt - back, to: madeAt };
  const before = { from: madeAt - 2 * back, to: period.from };
  const shown = views.filter(
    ({ incident: { startsAt, endsAt } }) => startsAt < period.to && (endsAt ?? period.to) >= period.from,
  );
  return {
    incidents: shown.map(
      ({ incident, title, feedback: told }): ReportedIncident => ({
        id: incident.id,
        title,
        startsAt: incident.startsAt,
        endsAt: incident.endsAt,
        alerts: incident.members.length,
        notifications: callsOf(incident).length,
        real: told?.verdict?.real,
      }),
    ),
    noise: noiseOf(all, period),
    noiseBefore: all.some(({ startsAt }) => startsAt < period.from) ? noiseOf(all, before) : undefined,
  };
}
