import { loadContext, loadOrExplain } from '../cli/load.ts';
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
/** The part of the time before the first alert from which the models learn. */
const learnedPart = 0.6;
const readFor = 60_000;

/** The services that the incidents suspect, hosts left out: the first of each incident, then the second, and so on. */
function suspectsOf(incidents: readonly Incident[]): string[] {
  const lists = incidents.map(({ suspects }) => [
    ...new Set(suspects.flatMap(({ entity }) => entity.peer_service ?? entity.service ?? [])),
  ]);
  const longest = Math.max(0, ...lists.map(list => list.length));
  const turns = Array.from({ length: longest }, (_, k) => lists.flatMap(list => list[k] ?? []));
  return [...new Set(turns.flat())];
}

/** The whole pipeline over a recording, with its alerts: the services suspected a minute after the first alert. */
export async function replayedCauses({ recording, noticed }: LabCase): Promise<readonly string[]> {
  if (noticed === undefined) return [];
  const readFile = (file: string) => (file === 'lab.yaml' ? config : loadContext.readFile(file));
  const loaded = loadOrExplain('lab.yaml', { ...loadContext, readFile });
  const { meta, series, alerts } = recording;
  const { step, scrape_interval } = loaded.config.global;
  const source = createEvaluator(series, { lookback: 2 * scrape_interval, dialect: 2 });
  const from = Math.ceil((meta.startsAt + learnedPart * (noticed - meta.startsAt)) / step) * step;
  const end = Math.min(meta.endsAt, noticed + readFor);
  const input: ReplayInput = { sources: onlySource(source), packs: loaded.packs, from, end, step, alerts };
  const { detection, correlation } = loaded.config;
  const wired = wire(loaded.packs, {
    detection,
    correlation,
    url: '',
    maintenance: maintenanceOf(loaded.config),
  });
  const known = new Map<string, Incident>();
  const passes = replay(wired, input, {
    learn: async watch => {
      const range = { start: meta.startsAt, end: from - step };
      const history = await readBatches(source, watch.watch, range);
      watch.fit(history);
      wired.pages.of(watch, history);
    },
  });
  for await (const { incidents } of passes)
    for (const incident of incidents) known.set(incident.id, incident);
  const open = [...known.values()].filter(({ endsAt }) => endsAt === undefined || endsAt > noticed);
  return suspectsOf(open.sort((a, b) => a.startsAt - b.startsAt));
}
