import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ClassHistory, readBatches } from '../collectors/class-reader.ts';
import { type Recording, readRecording } from '../collectors/recording.ts';
import { builtinPacks, loadPack } from '../config/pack.ts';
import { type ResolvedPack, resolvePack } from '../config/resolve.ts';
import type { Entity, Frame } from '../core/batch.ts';
import type { SignalSpec } from '../core/pack.ts';
import type { Topology } from '../core/topology.ts';
import { createEvaluator } from '../promql/evaluate/evaluator.ts';

/** One recorded incident as `diagnose` reads it. */
export interface LabCase {
  readonly name: string;
  /** `tune` or `held out`; `first` are those that have no part. */
  readonly part: string;
  /** The services that are really at fault, one for each fault. */
  readonly causes: readonly string[];
  /** Until then (ms) it is normal life to learn from. */
  readonly learnUntil: number;
  /** When the first alert arrived (ms); undefined when there was none. */
  readonly alerted: number | undefined;
  readonly frames: readonly Frame[];
  readonly topology: Topology;
  readonly recording: Recording;
}

const step = 5000;
/** The part of a recording in which nobody looks for trouble: models learn, and alerts of an incident before settle. */
const quietPart = 0.4;
const packNames = ['service', 'postgresql'] as const;

/** The folder of the recordings, from the sources as from `dist`. */
function folder(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return path.join(here.replace(/[/\\]dist(?=[/\\]bench$)/, ''), '../test/lab/recordings');
}

/** The packs of what the lab has, at its step. */
function labPacks(): readonly ResolvedPack[] {
  return packNames.map(name => {
    const file = builtinPacks().get(name);
    if (file === undefined) throw new Error(`there is no pack ${name}`);
    const loaded = loadPack(file, readFileSync(file, 'utf8'));
    if (!loaded.ok) throw new Error(`${file}: ${JSON.stringify(loaded.mistakes)}`);
    return resolvePack(loaded.pack, { match: '', params: {}, step, scrapeInterval: step });
  });
}

interface Column {
  readonly service: string;
  readonly signal: string;
  readonly values: Float64Array;
}

/**
 * Leaves out of a column what its pack calls normal: only what is farther than the floor from the median of the first
 * `usual` rows remains, less the floor. `diagnose` knows no floors and would take any steady signal that twitches as news.
 */
function beyondFloor(values: Float64Array, floor: number, usual: number): Float64Array {
  const sorted = values.slice(0, usual).filter(Number.isFinite).sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  return values.map(value => {
    const off = value - median;
    return Math.abs(off) <= floor ? median : value - Math.sign(off) * floor;
  });
}

/** What a column is called, and of which service it tells: what a caller measures of its calls tells of the called. */
function headOf({ service = '', instance, peer_service: peer }: Entity, name: string) {
  if (peer !== undefined) return { service: peer, signal: `${name} seen by ${service}` };
  const signal = instance === undefined ? name : `${name} ${instance.replace(/^.*:/, 'at ')}`;
  return { service, signal };
}

/** A column a signal and an entity, of which the first `usual` rows are normal life. */
function columnsOf(
  { batches, entities }: ClassHistory,
  signals: readonly SignalSpec[],
  usual: number,
): Column[] {
  return entities.flatMap((entity, row) =>
    signals.flatMap(({ name, floor }, k) => {
      const at = row * signals.length + k;
      const raw = Float64Array.from(batches, batch => batch.values[at] ?? Number.NaN);
      if (!raw.some(Number.isFinite)) return [];
      return [{ ...headOf(entity, name), values: beyondFloor(raw, floor, usual) }];
    }),
  );
}

/** One frame a service, all on the same times; signals by name. */
function framesOf(columns: readonly Column[], t: Float64Array): Frame[] {
  const services = [...new Set(columns.map(({ service }) => service))].sort();
  return services.map(service => {
    const own = columns.filter(column => column.service === service);
    return {
      entity: { service },
      signals: own.map(({ signal }) => signal),
      step,
      t,
      columns: own.map(({ values }) => values),
    };
  });
}

/** Who calls whom, from the calls that are counted. */
function topologyOf(entities: readonly Entity[]): Topology {
  const edges = entities.flatMap(({ service: from, peer_service: to }) =>
    from === undefined || to === undefined ? [] : [{ from, to }],
  );
  const ids = new Set(edges.flatMap(({ from, to }) => [from, to]));
  return { nodes: [...ids].map(id => ({ id })), edges };
}

/** The rows of a frame up to a time (ms). */
export function upTo({ t, columns, ...rest }: Frame, end: number): Frame {
  const rows = t.findLastIndex(time => time <= end) + 1;
  return { ...rest, t: t.subarray(0, rows), columns: columns.map(values => values.subarray(0, rows)) };
}

/** Reads one recording whole. */
export async function readCase(dir: string, packs = labPacks()): Promise<LabCase> {
  const recording = await readRecording(dir);
  const { meta, series } = recording;
  const learnUntil = meta.startsAt + quietPart * (meta.endsAt - meta.startsAt);
  const source = createEvaluator(series, { lookback: 2 * step, dialect: 2 });
  const range = { start: meta.startsAt, end: meta.endsAt };
  const columns: Column[] = [];
  const all: Entity[] = [];
  let t = new Float64Array();
  for (const watch of packs.flatMap(pack => pack.classes)) {
    const history = await readBatches(source, watch, range);
    t = Float64Array.from(history.batches, batch => batch.t);
    const usual = t.findLastIndex(time => time <= learnUntil) + 1;
    columns.push(...columnsOf(history, watch.class.signals, usual));
    all.push(...history.entities);
  }
  const services = meta.truth.map(({ entity }) => (typeof entity === 'object' ? (entity.service ?? '') : ''));
  return {
    name: path.basename(dir),
    part: typeof meta.part === 'string' ? meta.part : 'first',
    causes: [...new Set(services)],
    learnUntil,
    alerted: recording.alerts.find(({ at, alert }) => alert.endsAt === undefined && at > learnUntil)?.at,
    frames: framesOf(columns, t),
    topology: topologyOf(all),
    recording,
  };
}

/** All recorded incidents of the lab, in order of their names. */
export async function labCases(from: string = folder()): Promise<readonly LabCase[]> {
  const packs = labPacks();
  const names = readdirSync(from).sort();
  return Promise.all(names.map(name => readCase(path.join(from, name), packs)));
}
