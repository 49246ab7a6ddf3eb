import type { IncidentFrames, KnownFrame, SignalMeaning, WantedFrames } from '../core/incident-frames.ts';
import type { Labels } from '../core/labels.ts';
import type { Series } from '../core/series.ts';
import { entityOf } from '../core/watched-class.ts';
import { peerLabels, peerOf } from '../correlators/place.ts';
import { addMatchers } from '../promql/matchers.ts';
import type { ClassWatch } from './class-watch.ts';
import type { AskedSources } from './sources.ts';

/** Where frames are read, and what ends it. */
export interface FrameSources {
  readonly watches: readonly ClassWatch[];
  readonly sources: AskedSources;
  readonly signal?: AbortSignal;
}

/** Rows of a frame at most, nearly: steps are made wider to keep to it. */
const mostRows = 720;
/** Of a class with more entities only those that are wanted are asked for. */
const fewEntities = 200;
/** Columns of one frame. */
const mostColumns = 40;

interface Grid {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

interface Column {
  readonly signal: string;
  readonly meaning: SignalMeaning;
  readonly values: Float64Array;
}

function gridOf({ start, end }: WantedFrames, watches: readonly ClassWatch[]): Grid {
  const least = Math.min(...watches.map(({ watch }) => watch.class.step));
  const step = least * Math.max(1, Math.ceil((end - start) / (least * mostRows)));
  const first = Math.ceil(start / step) * step;
  return { start: first, step, length: Math.floor((end - first) / step) + 1 };
}

const isPeer = (name: string) => peerLabels.some(peer => peer === name);

/** The labels of an entity that say where it is: all but the callee of a call. */
const own = (entity: Labels) => Object.entries(entity).filter(([name]) => !isPeer(name));

/** The labels that name what an entity speaks of: calls tell of the thing that is called. */
function about(entity: Labels): readonly (readonly [label: string, value: string])[] {
  const called = Object.entries(entity).filter(([name]) => isPeer(name));
  return called.length > 0 ? called : own(entity);
}

const quoted = (value: string) => value.replace(/[\\^$.|?*+()[\]{}]/g, '\\\\$&').replaceAll('"', '\\"');

/** The query of a large class for the wanted entities only, by the label that names most of them. */
function narrowed(query: string, entities: readonly Labels[], names: ReadonlySet<string>): string {
  const values = new Map<string, Set<string>>();
  for (const entity of entities)
    for (const [label, value] of about(entity))
      if (names.has(value)) values.set(label, (values.get(label) ?? new Set()).add(value));
  const [label, wanted] = [...values].sort(([, a], [, b]) => b.size - a.size)[0]!;
  return addMatchers(query, `${label}=~"${[...wanted].sort().map(quoted).join('|')}"`);
}

function columnOf({ t, v }: Series, { start, step, length }: Grid): Float64Array {
  const values = new Float64Array(length).fill(Number.NaN);
  for (let i = 0; i < t.length; i++) {
    const row = Math.round((t[i]! - start) / step);
    if (row >= 0 && row < length) values[row] = v[i]!;
  }
  return values;
}

/** Columns by the thing that they speak of: what measures a call tells of the thing that is called. */
class Columns {
  readonly #columns = new Map<string, Column[]>();

  add(entity: Labels, spec: SignalMeaning['spec'], values: Float64Array): void {
    const peer = peerOf(entity);
    const places = own(entity).map(([, value]) => value);
    if (peer !== undefined) {
      const meaning = { spec, caller: places.join(' ') };
      // How much one caller asks is not how much it is asked.
      if (spec.kind !== 'traffic')
        put(this.#columns, peer, { signal: `${spec.name} from ${meaning.caller}`, meaning, values });
      return;
    }
    for (const name of places) {
      const parts = places.filter(value => value !== name);
      const of = parts.length === 0 ? '' : ` of ${parts.join(' ')}`;
      put(this.#columns, name, { signal: `${spec.name}${of}`, meaning: { spec }, values });
    }
  }

  of(name: string): readonly Column[] {
    const columns = this.#columns.get(name) ?? [];
    return [...columns].sort((a, b) => (a.signal < b.signal ? -1 : 1)).slice(0, mostColumns);
  }
}

function put(lists: Map<string, Column[]>, key: string, column: Column): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [column]);
  else list.push(column);
}

async function readClass(
  { watch, entities }: ClassWatch,
  { names, grid }: { readonly names: ReadonlySet<string>; readonly grid: Grid },
  { sources, signal }: FrameSources,
  columns: Columns,
): Promise<void> {
  const wanted = entities.filter(entity => about(entity).some(([, value]) => names.has(value)));
  if (wanted.length === 0) return;
  const { start, step, length } = grid;
  const range = { start, end: start + (length - 1) * step, step, ...(signal ? { signal } : {}) };
  const { source } = sources.of(watch);
  const ask = (query: string) => (entities.length > fewEntities ? narrowed(query, wanted, names) : query);
  const answers = await Promise.all(
    watch.queries.map(query =>
      source.queryRange({ ...range, query: ask(query) }).catch(() => ({ series: [] })),
    ),
  );
  for (const [k, { series }] of answers.entries())
    for (const each of series)
      columns.add(entityOf(watch, each.labels), watch.class.signals[k]!, columnOf(each, grid));
}

/**
 * The metrics of the things that an incident wants to see, one frame each, from all classes that watch them; a query that
 * fails leaves its column out. Never rejects.
 */
export async function readIncidentFrames(wanted: WantedFrames, from: FrameSources): Promise<IncidentFrames> {
  const { incident } = wanted;
  const watches = from.watches.filter(watch => watch.fitted && watch.leftOut === undefined);
  const grid = gridOf(wanted, watches);
  if (watches.length === 0 || grid.length < 2) return { incident, frames: [] };
  const columns = new Columns();
  const names = new Set(wanted.names);
  for (const watch of watches) await readClass(watch, { names, grid }, from, columns);
  const t = Float64Array.from({ length: grid.length }, (_, i) => grid.start + i * grid.step);
  const frames = wanted.names.map((service): KnownFrame => {
    const some = columns.of(service);
    return {
      entity: { service },
      signals: some.map(({ signal }) => signal),
      meanings: some.map(({ meaning }) => meaning),
      columns: some.map(({ values }) => values),
      step: grid.step,
      t,
    };
  });
  return { incident, frames: frames.filter(({ signals }) => signals.length > 0) };
}

/** What several incidents want to see, one after the other. */
export async function readAllFrames(
  wanted: readonly WantedFrames[],
  from: FrameSources,
): Promise<readonly IncidentFrames[]> {
  const out: IncidentFrames[] = [];
  for (const each of wanted) out.push(await readIncidentFrames(each, from));
  return out;
}
