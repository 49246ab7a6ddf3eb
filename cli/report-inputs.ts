import type { ReportInputs } from '../reports/model.ts';
import type { Loaded } from './load.ts';
import type { CapacityKnowledge } from './report-capacity.ts';
import { type Tables, weekOf } from './report-week.ts';

const day = 86_400_000;
/** The first page looks 30 days ahead, the rest a week back. */
export const reportSpans = { ahead: 30 * day, back: 7 * day } as const;

/** The time zone of the readers: that of the config, else of the machine. */
export function readersZone(report: { readonly time_zone?: string | undefined } | undefined): string {
  return report?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Everything that a report at `madeAt` (ms) is made of. */
export function reportInputs(
  { madeAt, timeZone }: Pick<ReportInputs, 'madeAt' | 'timeZone'>,
  from: {
    readonly tables: Tables;
    readonly capacity: CapacityKnowledge;
    readonly packs: Loaded['packs'];
  },
): ReportInputs {
  const period = { madeAt, ...reportSpans };
  const advice = new Map(
    from.packs.flatMap(({ pack, capacity }) =>
      capacity.map(({ resource, action }) => [`${pack}/${resource}`, action] as const),
    ),
  );
  return { ...period, timeZone, advice, ...from.capacity, ...weekOf(from.tables, period) };
}
