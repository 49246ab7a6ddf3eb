import type { Incident } from '../core/incident.ts';
import { fingerprint, includes, type Labels } from '../core/labels.ts';
import type { SignalSpec } from '../core/pack.ts';
import { sayEntity } from '../core/say-name.ts';
import { settled } from '../core/say-value.ts';
import { labelsAt, type WatchedClass } from '../core/watched-class.ts';
import type { SignalView } from '../server/model.ts';
import { expectedBand } from './class-readings.ts';
import type { ClassWatch } from './class-watch.ts';
import type { AskedSources } from './sources.ts';

/** The most signals that are read for one incident. */
const mostSignals = 12;
const before = 600_000;
const after = 300_000;
/** A signal may leave its range so long before the first alert, ms. */
const earlier = 120_000;

interface Wanted {
  readonly watch: ClassWatch;
  readonly entity: Labels;
  readonly k: number;
}

/** What somebody wants to see: entities that `has` holds for, and the signal that was named. */
interface Asked {
  readonly has: (entity: Labels, watch: WatchedClass) => boolean;
  readonly signal: string | undefined;
}

/** A suspect may be known only by the calls to it: every entity that carries its name speaks of it. */
function askedOf(incident: Incident): Asked[] {
  const members = [...incident.members].sort((a, b) => a.alert.startsAt - b.alert.startsAt);
  return [
    ...incident.suspects.map(({ entity, signal }) => {
      const names = Object.values(entity);
      return { signal, has: (each: Labels) => Object.values(each).some(value => names.includes(value)) };
    }),
    ...members.map(({ alert: { labels } }) => ({
      signal: labels.signal,
      has: (each: Labels, watch: WatchedClass) => includes(labelsAt(watch, labels), each),
    })),
  ];
}

/** One signal for errors and one for latency tell enough of an entity that nobody named a signal of. */
function telling(signals: readonly SignalSpec[]): SignalSpec[] {
  const latencies = signals.filter(({ kind }) => kind === 'latency');
  const latency = latencies.find(({ name }) => name.includes('p95')) ?? latencies[0];
  const errors = signals.find(({ kind }) => kind === 'errors');
  return [errors, latency].filter(spec => spec !== undefined);
}

/** The named signals of suspects and members first, then what else tells of them. */
function wantedOf(incident: Incident, watches: readonly ClassWatch[]): Wanted[] {
  const asked = askedOf(incident);
  const out = new Map<string, Wanted>();
  for (const named of [true, false])
    for (const { has, signal } of asked)
      for (const watch of watches) {
        const { name, signals } = watch.watch.class;
        const specs = named ? signals.filter(spec => spec.name === signal) : telling(signals);
        for (const entity of specs.length === 0 ? [] : watch.entities.filter(each => has(each, watch.watch)))
          for (const spec of specs) {
            const k = signals.indexOf(spec);
            const key = `${name} ${fingerprint(entity)} ${k}`;
            if (!out.has(key)) out.set(key, { watch, entity, k });
          }
      }
  return [...out.values()].slice(0, mostSignals);
}

/** The first of two samples in a row outside of the band, from `from` on; undefined when it stayed inside. */
function onsetOf(view: Omit<SignalView, 'onset'>, from: number): number | undefined {
  const { t, v, low, high } = view;
  const outside = (i: number) => v[i]! < low[i]! || v[i]! > high[i]!;
  for (let i = 0; i + 1 < t.length; i++) if (t[i]! >= from && outside(i) && outside(i + 1)) return t[i];
  return undefined;
}

function viewOf(
  wanted: Wanted,
  { t, v }: { readonly t: Float64Array; readonly v: Float64Array },
  from: number,
): SignalView {
  const spec = wanted.watch.watch.class.signals[wanted.k]!;
  const bands = Array.from(t, (at, i) => {
    const band = expectedBand(wanted.watch, { entity: wanted.entity, signal: spec.name, t: at });
    return band === undefined ? undefined : settled(band, v[i]!, spec.unit);
  });
  const low = Float64Array.from(bands, band => band?.low ?? Number.NaN);
  const high = Float64Array.from(bands, band => band?.high ?? Number.NaN);
  const view = { entity: sayEntity(wanted.entity), signal: spec.name, unit: spec.unit, t, v, low, high };
  const onset = onsetOf(view, from);
  return onset === undefined ? view : { ...view, onset };
}

/**
 * The signals around an incident, with their expected bands, each fetched from its source; those that left their bands first,
 * in their order of interest. A query that fails leaves its signals out: the page shows what there is.
 */
export async function readIncidentSignals(
  incident: Incident,
  watches: readonly ClassWatch[],
  from: {
    readonly sources: AskedSources;
    readonly now: number;
    readonly signal?: AbortSignal;
  },
): Promise<readonly SignalView[]> {
  const wanted = wantedOf(incident, watches);
  const views = await Promise.all(
    wanted.map(async each => {
      const { class: spec, queries } = each.watch.watch;
      const start = Math.floor((incident.startsAt - before) / spec.step) * spec.step;
      const end =
        Math.floor(Math.min(from.now, (incident.endsAt ?? from.now) + after) / spec.step) * spec.step;
      const { signal } = from;
      const range = { query: queries[each.k]!, start, end, step: spec.step, ...(signal ? { signal } : {}) };
      const answer = await from.sources
        .of(each.watch.watch)
        .source.queryRange(range)
        .catch(() => undefined);
      const series = answer?.series.find(({ labels }) =>
        includes(labelsAt(each.watch.watch, labels), each.entity),
      );
      return series === undefined ? undefined : viewOf(each, series, incident.startsAt - earlier);
    }),
  );
  const there = views.filter(view => view !== undefined);
  return [
    ...there.filter(view => view.onset !== undefined),
    ...there.filter(view => view.onset === undefined),
  ];
}
