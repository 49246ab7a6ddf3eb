import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { exportLogs, exportSeries, type Grid } from './export.ts';
import type { Undo } from './fault.ts';
import { type Blow, nameOf } from './faults.ts';
import { address, type Layout } from './layout.ts';
import { serverVersions } from './server-versions.ts';
import type { Lab } from './servers.ts';
import type { Delivered } from './webhook.ts';

export const stepMs = 5000;

/** What one recording is made of: normal life, faults that come at once, recovery; times in ms. */
export interface Incident {
  readonly name: string;
  readonly blows: readonly Blow[];
  readonly normal: number;
  readonly faultFor: number;
  readonly after: number;
  /** What the recording is for: `tune` or `held out`. */
  readonly part?: string;
}

/** When a fault was there, in ms. */
export interface Struck {
  readonly blow: Blow;
  readonly from: number;
  readonly to: number;
}

/** A lab with what it says of itself: alerts as they came, and a line of progress. */
export interface Watched {
  readonly lab: Lab;
  readonly alerts: readonly Delivered[];
  /** The faults that are there now, by how they are undone. */
  readonly undo: Set<Undo>;
}

const iso = (ms: number) => new Date(ms).toISOString();
export const progress = (text: string) => console.error(`${iso(Date.now())} ${text}`);

/** Brings faults about, lets them be, and undoes them; answers when each was there. */
async function strike({ lab, undo }: Watched, { blows, faultFor }: Incident): Promise<Struck[]> {
  const begun: { readonly blow: Blow; readonly from: number; readonly end: Undo }[] = [];
  for (const blow of blows) {
    const from = Date.now();
    const end = await blow.fault.start(lab, blow.victim);
    undo.add(end);
    begun.push({ blow, from, end });
  }
  await sleep(faultFor);
  const struck: Struck[] = [];
  for (const { blow, from, end } of begun) {
    struck.push({ blow, from, to: Date.now() });
    undo.delete(end);
    await end();
  }
  return struck;
}

/** Undoes what is still there after an interrupt or a failure. */
export async function undoAll({ undo }: Pick<Watched, 'undo'>): Promise<void> {
  for (const end of undo) {
    undo.delete(end);
    await end().catch(error => progress(`cannot undo a fault: ${error}`));
  }
}

/** Lives through an incident from now on and writes its recording into a folder of `out`. */
export async function liveThrough(watched: Watched, incident: Incident, out: string): Promise<void> {
  const { name, normal, after } = incident;
  const start = Math.ceil(Date.now() / stepMs) * stepMs;
  progress(`${name}: normal life for ${normal / 1000} s`);
  await sleep(start + normal - Date.now());
  progress(`${name}: fault for ${incident.faultFor / 1000} s`);
  const struck = await strike(watched, incident).finally(() => undoAll(watched));
  progress(`${name}: recovery for ${after / 1000} s`);
  await sleep(after);
  const grid = { start, end: Math.floor(Date.now() / stepMs) * stepMs, step: stepMs };
  await write(watched, { incident, grid, struck }, out);
}

interface Lived {
  readonly incident: Incident;
  readonly grid: Grid;
  readonly struck: readonly Struck[];
}

/** What `meta.json` says. */
export function metaOf(layout: Layout, { incident: { name, part }, grid, struck }: Lived): unknown {
  const truths = struck.map(({ blow: { fault, victim }, from, to }) => {
    const { affected, ...truth } = fault.truth(layout, victim);
    return { affected, told: { what: fault.what(victim), ...truth, startsAt: iso(from), endsAt: iso(to) } };
  });
  return {
    name,
    about: truths.map(({ told }) => told.what).join('; '),
    ...(part === undefined ? {} : { part }),
    startsAt: iso(grid.start),
    endsAt: iso(grid.end),
    stepSeconds: grid.step / 1000,
    servers: serverVersions(),
    truth: truths.map(({ told }) => told),
    affected: [
      ...new Set([
        ...truths.map(({ told }) => told.entity.service),
        ...truths.flatMap(({ affected }) => affected),
      ]),
    ],
  };
}

const jsonLines = (list: readonly unknown[]) => list.map(one => `${JSON.stringify(one)}\n`).join('');
const zipped = (text: string) => gzipSync(text, { level: 9 });

async function write({ lab, alerts }: Watched, lived: Lived, out: string): Promise<void> {
  const { incident, grid } = lived;
  const series = await exportSeries(`http://${address(lab.layout.prometheus)}`, grid);
  const logs = exportLogs(lab.layout.file('logs'), grid);
  const inTime = alerts.filter(({ at }) => {
    const t = Date.parse(at);
    return t >= grid.start && t <= grid.end + 1000;
  });
  mkdirSync(out, { recursive: true });
  const save = (name: string, data: string | Uint8Array) => writeFileSync(path.join(out, name), data);
  save('series.jsonl.gz', zipped(jsonLines(series)));
  save('alerts.jsonl', jsonLines(inTime));
  save('logs.jsonl.gz', zipped(logs.map(line => `${line}\n`).join('')));
  save('meta.json', `${JSON.stringify(metaOf(lab.layout, lived), null, 2)}\n`);
  progress(
    `${incident.name}: ${series.length} series, ${inTime.length} alerts, ${logs.length} log lines in ${out}`,
  );
}

/** The usual name of a recording: its faults, and whom they befell where that is not the usual one. */
export function usualName(blows: readonly Blow[]): string {
  return blows.map(nameOf).join('+');
}
