import { type Loaded, loadContext, loadOrExplain } from '../cli/load.ts';
import { type ReplayInput, replay } from '../cli/replay.ts';
import { onlySource } from '../cli/sources.ts';
import { maintenanceOf, wire } from '../cli/wire.ts';
import { readBatches } from '../collectors/class-reader.ts';
import type { Incident } from '../core/incident.ts';
import { createEvaluator } from '../promql/evaluate/evaluator.ts';
import type { LabCase } from './lab-cases.ts';

const config = `
global: {step: 5s, scrape_interval: 5s}
prometheus: {url: http://127.0.0.1:9090}
packs: [service, postgresql]
`;
/** The services that the incidents suspect, hosts left out: the first of each incident, then the second, and so on. */
function suspectsOf(incidents: readonly Incident[]): string[] {
  const lists = incidents.map(({ suspects }) => [
    ...new Set(suspects.flatMap(({ entity }) => entity.peer_service ?? entity.service ?? [])),
  ]);
  const longest = Math.max(0, ...lists.map(list => list.length));
  const turns = Array.from({ length: longest }, (_, k) => lists.flatMap(list => list[k] ?? []));
  return [...new Set(turns.flat())];
}

/** What the pipeline told at one pass. */
export interface Told {
  readonly t: number;
  /** The services under suspicion in the incidents that were open then, the likeliest first. */
  readonly suspects: readonly string[];
}

function inputOf({ recording, learnUntil }: LabCase, { config: { global }, packs }: Loaded): ReplayInput {
  const { step, scrape_interval } = global;
  const { meta, series, alerts } = recording;
  const source = createEvaluator(series, { lookback: 2 * scrape_interval, dialect: 2 });
  const from = Math.ceil(learnUntil / step) * step;
  return { sources: onlySource(source), packs, from, end: meta.endsAt, step, alerts };
}

/** The whole pipeline over a recording and its alerts: each pass at which some incident was open. */
export async function replayed(one: LabCase): Promise<readonly Told[]> {
  const readFile = (file: string) => (file === 'lab.yaml' ? config : loadContext.readFile(file));
  const loaded = loadOrExplain('lab.yaml', { ...loadContext, readFile });
  const { detection, correlation } = loaded.config;
  const wired = wire(loaded.packs, {
    detection,
    correlation,
    url: '',
    maintenance: maintenanceOf(loaded.config),
  });
  const input = inputOf(one, loaded);
  const passes = replay(wired, input, {
    learn: async watch => {
      const range = { start: one.recording.meta.startsAt, end: input.from - input.step };
      const history = await readBatches(input.sources.of(watch.watch).source, watch.watch, range);
      watch.fit(history);
      wired.pages.of(watch, history);
    },
  });
  const told: Told[] = [];
  const known = new Map<string, Incident>();
  for await (const { t, incidents } of passes) {
    for (const incident of incidents) known.set(incident.id, incident);
    const open = [...known.values()].filter(({ endsAt }) => endsAt === undefined || endsAt > t);
    if (open.length > 0) told.push({ t, suspects: suspectsOf(open.sort((a, b) => a.startsAt - b.startsAt)) });
  }
  return told;
}
