import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBatches } from '../collectors/class-reader.ts';
import { type Recording, readRecording } from '../collectors/recording.ts';
import { builtinPacks, loadPack } from '../config/pack.ts';
import { type ResolvedPack, resolvePack } from '../config/resolve.ts';
import type { Batch, Entity, Frame } from '../core/batch.ts';
import type { Topology } from '../core/topology.ts';
import type { WatchedClass } from '../core/watched-class.ts';
import { createEvaluator } from '../promql/evaluate/evaluator.ts';

/** One recorded incident as `diagnose` reads it. */
export interface LabCase {
  readonly name: string;
  /** `tune` or `held out`; `first` are those that have no part. */
  readonly part: string;
  /** The services that are really at fault, one for each fault. */
  readonly causes: readonly string[];
  /** When the first alert arrived (ms); undefined when there was none. */
  readonly noticed: number | undefined;
  readonly frames: readonly Frame[];
  readonly topology: Topology;
  readonly recording: Recording;
}

const step = 5000;
/** What is read after the first alert: somebody who was paged looks a minute later. */
const readFor = 60_000;
/** The alerts of the incident before may still come in so long, ms. */
const settling = 60_000;
const packNames = ['service', 'postgresql'] as const;

/** The folder of the recordings, from the sources as from `dist`. */
function folder(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return path.join(here.replace(/[/\\]dist(?=[/\\]bench$)/, ''), '../test/lab/recordings');
}

/** The packs of what the lab has, at its step. */
export function labPacks(): readonly ResolvedPack[] {
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
 * Leaves out of a column what its pack calls normal: only what is farther than the floor from the median remains, less the
 * floor. `diagnose` knows no floors and would take any steady signal that twitches as news.
 */
function beyondFloor(values: Float64Array, floor: number): Float64Array {
  const sorted = values.filter(Number.isFinite).sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  return values.map(value => {
    const off = value - median;
    return Math.abs(off) <= floor ? median : value - Math.sign(off) * floor;
  });
}

/** A column a signal and an entity. What a caller measures of its calls is told of the called, as seen by that caller. */
function columnsOf(watch: WatchedClass, batches: readonly Batch[], entities: readonly Entity[]): Column[] {
  const { signals } = watch.class;
  return entities.flatMap(({ service = '', instance, peer_service: peer }, row) =>
    signals.flatMap(({ name, floor }, k) => {
      const values = Float64Array.from(
        batches,
        batch => batch.values[row * signals.length + k] ?? Number.NaN,
      );
      if (!values.some(Number.isFinite)) return [];
      const place = peer === undefined ? instance?.replace(/^.*:/, 'at ') : `seen by ${service}`;
      return [
        {
          service: peer ?? service,
          signal: place === undefined ? name : `${name} ${place}`,
          values: beyondFloor(values, floor),
        },
      ];
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

function noticedAt({ meta, alerts }: Recording): number | undefined {
  return alerts.find(({ at, alert }) => alert.endsAt === undefined && at > meta.startsAt + settling)?.at;
}

/** Reads one recording up to a minute after its first alert. */
async function readCase(dir: string, packs: readonly ResolvedPack[]): Promise<LabCase> {
  const recording = await readRecording(dir);
  const { meta, series } = recording;
  const noticed = noticedAt(recording);
  const source = createEvaluator(series, { lookback: 2 * step, dialect: 2 });
  const end = Math.min(meta.endsAt, (noticed ?? meta.endsAt) + readFor);
  const range = { start: meta.startsAt, end };
  const columns: Column[] = [];
  const all: Entity[] = [];
  let t = new Float64Array();
  for (const watch of packs.flatMap(pack => pack.classes)) {
    const { batches, entities } = await readBatches(source, watch, range);
    columns.push(...columnsOf(watch, batches, entities));
    all.push(...entities);
    t = Float64Array.from(batches, batch => batch.t);
  }
  const services = meta.truth.map(({ entity }) => (typeof entity === 'object' ? (entity.service ?? '') : ''));
  return {
    name: path.basename(dir),
    part: typeof meta.part === 'string' ? meta.part : 'first',
    causes: [...new Set(services)],
    noticed,
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
