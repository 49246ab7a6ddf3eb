import { diagnose } from '../correlators/diagnose.ts';
import { type LabCase, labCases, upTo } from './lab-cases.ts';
import { replayed } from './lab-replay.ts';

/** Somebody who is paged looks so long after the page, ms. */
const lookAfter = 60_000;
/** Where no alert fires, somebody complains so long after the fault, ms. */
const complaintAfter = 60_000;

/**
 * Causes found in the recorded incidents of the lab, as somebody would a minute after the first alert: by `diagnose` on
 * the metrics, and by the whole pipeline. Run: `node dist/bench/lab-causes.js [folder]`.
 */
interface Found {
  readonly one: LabCase;
  /** What it was noticed by, and how long after the first fault, s. */
  readonly noticed: string;
  readonly diagnosed: readonly string[];
  readonly suspected: readonly string[];
}

async function find(one: LabCase): Promise<Found> {
  const told = await replayed(one);
  const fault = Math.min(...one.recording.meta.truth.map(({ startsAt }) => startsAt));
  const at = one.alerted ?? fault + complaintAfter;
  const end = at + lookAfter;
  const frames = one.frames.map(frame => upTo(frame, end));
  const { services } = diagnose(frames, one.topology, { onset: at });
  const by = one.alerted === undefined ? 'complaint' : 'alert';
  return {
    one,
    noticed: `${by} +${Math.round((at - fault) / 1000)} s`,
    diagnosed: services.map(({ name }) => name),
    suspected: told.findLast(({ t }) => t <= end)?.suspects ?? [],
  };
}

type Ranking = 'diagnosed' | 'suspected';

/** The first is one of the causes; of two faults at once either may stand first. */
function first(found: Found, by: Ranking): boolean {
  const [name] = found[by];
  return name !== undefined && found.one.causes.includes(name);
}

/** Every cause is among the first three. */
function three(found: Found, by: Ranking): boolean {
  return found.one.causes.every(cause => found[by].slice(0, 3).includes(cause));
}

function row(found: Found): Readonly<Record<string, string>> {
  const say = (by: Ranking) =>
    `${first(found, by) ? '1' : '-'}${three(found, by) ? '3' : '-'} ${found[by].slice(0, 3).join(', ')}`;
  const { name, causes } = found.one;
  return {
    recording: name,
    causes: causes.join(', '),
    noticed: found.noticed,
    diagnose: say('diagnosed'),
    pipeline: say('suspected'),
  };
}

/** Some cause is among the first three. */
function any(found: Found, by: Ranking): boolean {
  return found[by].slice(0, 3).some(name => found.one.causes.includes(name));
}

function shares(part: string, by: Ranking, all: readonly Found[]): Readonly<Record<string, string | number>> {
  const of = all.filter(({ one }) => one.part === part);
  const share = (test: (found: Found, by: Ranking) => boolean) =>
    Number((of.filter(found => test(found, by)).length / of.length).toFixed(3));
  return {
    part,
    by: by === 'diagnosed' ? 'diagnose' : 'pipeline',
    incidents: of.length,
    first: share(first),
    'one in the first 3': share(any),
    'all in the first 3': share(three),
  };
}

const all: Found[] = [];
for (const one of await labCases(process.argv[2])) all.push(await find(one));
console.table(all.map(row));
const parts = [...new Set(all.map(({ one }) => one.part))];
console.table(parts.flatMap(part => [shares(part, 'diagnosed', all), shares(part, 'suspected', all)]));
