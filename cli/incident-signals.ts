import { entityName } from '../alerts/incident-alert.ts';
import type { Incident } from '../core/incident.ts';
import { fingerprint, includes, type Labels } from '../core/labels.ts';
import type { SeriesSource } from '../core/series.ts';
import type { SignalView } from '../server/model.ts';
import type { ClassWatch } from './class-watch.ts';

/** The most signals that a page shows of one incident. */
const mostSignals = 12;
const before = 600_000;
const after = 300_000;

interface Wanted {
  readonly watch: ClassWatch;
  readonly entity: Labels;
  readonly k: number;
}

/** Suspects first, then the members in order of onset: which entity and signal of which class a page should show. */
function wantedOf(incident: Incident, watches: readonly ClassWatch[]): Wanted[] {
  const members = [...incident.members].sort((a, b) => a.alert.startsAt - b.alert.startsAt);
  const asked = [
    ...incident.suspects.map(({ entity, signal }) => ({ labels: entity, signal })),
    ...members.map(({ alert }) => ({ labels: alert.labels, signal: alert.labels.signal })),
  ];
  const out = new Map<string, Wanted>();
  for (const { labels, signal } of asked)
    for (const watch of watches)
      for (const entity of watch.entities.filter(each => includes(labels, each)))
        watch.watch.class.signals.forEach((spec, k) => {
          const key = `${watch.watch.class.name} ${fingerprint(entity)} ${k}`;
          const telling = spec.name === signal || spec.kind === 'errors' || spec.kind === 'latency';
          if (telling && !out.has(key)) out.set(key, { watch, entity, k });
        });
  return [...out.values()].slice(0, mostSignals);
}

function viewOf(wanted: Wanted, t: Float64Array, v: Float64Array): SignalView {
  const spec = wanted.watch.watch.class.signals[wanted.k]!;
  const bands = Array.from(t, at => wanted.watch.band(wanted.entity, spec.name, at));
  const low = Float64Array.from(bands, band => band?.low ?? Number.NaN);
  const high = Float64Array.from(bands, band => band?.high ?? Number.NaN);
  return { entity: entityName(wanted.entity), signal: spec.name, unit: spec.unit, t, v, low, high };
}

/**
 * The signals around an incident, with their expected bands, fetched from the source. A query that fails leaves its
 * signals out: the page shows what there is.
 */
export async function readIncidentSignals(
  incident: Incident,
  watches: readonly ClassWatch[],
  from: { readonly source: SeriesSource; readonly now: number },
): Promise<readonly SignalView[]> {
  const wanted = wantedOf(incident, watches);
  const views = await Promise.all(
    wanted.map(async each => {
      const { class: spec, queries } = each.watch.watch;
      const start = Math.floor((incident.startsAt - before) / spec.step) * spec.step;
      const end =
        Math.floor(Math.min(from.now, (incident.endsAt ?? from.now) + after) / spec.step) * spec.step;
      const range = { query: queries[each.k]!, start, end, step: spec.step };
      const answer = await from.source.queryRange(range).catch(() => undefined);
      const series = answer?.series.find(({ labels }) => includes(labels, each.entity));
      return series === undefined ? undefined : viewOf(each, series.t, series.v);
    }),
  );
  return views.filter(view => view !== undefined);
}
