import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBatches } from '../collectors/class-reader.ts';
import { type Recording, readRecording } from '../collectors/recording.ts';
import { sayClock } from '../core/say-time.ts';
import type { Topology } from '../core/topology.ts';
import { writeLayout } from '../dashboards/layout.ts';
import { createEvaluator } from '../promql/evaluate/evaluator.ts';
import type { Server } from '../server/server.ts';
import { fleetDashboards, incidentDashboards, watchedBy } from './dashboard-files.ts';
import { writeFiles } from './dashboard-folder.ts';
import { recordedLogs } from './demo-logs.ts';
import { createDemoPage, type DemoPage } from './demo-page.ts';
import { writeDemoReport } from './demo-report.ts';
import { InputError } from './exit.ts';
import { makeFolder } from './files.ts';
import type { IncidentBook } from './incident-book.ts';
import { showSurroundings } from './incident-surroundings.ts';
import { type Loaded, loadContext, loadOrExplain } from './load.ts';
import { paintFor } from './paint.ts';
import { type ReplayInput, replay } from './replay.ts';
import { createPacer } from './replay-clock.ts';
import { onlySource } from './sources.ts';
import { tellIncident } from './story.ts';
import { maintenanceOf, type Wired, wire } from './wire.ts';

export interface DemoOptions {
  /** How many times faster than it happened; 0 = as fast as it goes. */
  readonly speed: number;
  /** Whether the page stays until the process is told to stop. */
  readonly stay: boolean;
  readonly out: string;
  readonly recording: string | undefined;
  readonly listen: string;
}

const demoConfig = `
global: {step: 5s, scrape_interval: 5s}
prometheus: {url: http://127.0.0.1:9090}
packs: [service]
`;
const defaultRecording = 'redis-stall';
/** The charts of the page move on so often, in ms of the recording. */
const showEvery = 60_000;
/** So much of normal life before the fault is replayed at pace. */
const lead = 600_000;

const pc = paintFor(process.stderr, process.env);
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** The folder of a recording: a path, or the name of one that comes along with foreshock. */
function recordingFolder(name: string): string {
  if (existsSync(path.join(name, 'meta.json'))) return name;
  let root = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(root, 'test/lab/recordings')) && root !== path.dirname(root))
    root = path.dirname(root);
  const folder = path.join(root, 'test/lab/recordings', name);
  if (existsSync(path.join(folder, 'meta.json'))) return folder;
  throw new InputError(`no recording "${name}": neither a folder with a meta.json nor one that comes along`);
}

/** A replay whose training begins at `start` (ms). */
interface DemoInput extends ReplayInput {
  readonly start: number;
}

function inputOf(recording: Recording, { config, packs }: Loaded): DemoInput {
  const { meta, series, alerts } = recording;
  const step = config.global.step;
  const fault = Math.min(...meta.truth.map(truth => truth.startsAt), meta.endsAt);
  const source = createEvaluator(series, { lookback: 2 * config.global.scrape_interval, dialect: 2 });
  const from = Math.max(Math.ceil((fault - lead) / step) * step, meta.startsAt + (fault - meta.startsAt) / 2);
  return {
    sources: onlySource(source),
    packs,
    start: meta.startsAt,
    from: Math.ceil(from / step) * step,
    end: meta.endsAt,
    step,
    alerts,
  };
}

/** What a demo is made of. */
interface Demo {
  readonly wired: Wired;
  readonly input: DemoInput;
  readonly shown: DemoPage;
}

async function watchReplay({ wired, input, shown: { book, show } }: Demo, speed: number): Promise<void> {
  const pace = createPacer(speed);
  const told = new Set<string>();
  let shownAt = Number.NEGATIVE_INFINITY;
  let topology: Topology = { nodes: [], edges: [] };
  const passes = replay(wired, input, {
    learn: async watch => {
      const range = { start: input.start, end: input.from - input.step };
      const history = await readBatches(input.sources.of(watch.watch).source, watch.watch, range);
      watch.fit(history);
      wired.pages.of(watch, history);
      const { class: spec } = watch.watch;
      say(`  learned ${spec.name}: ${history.entities.length} entities of ${spec.signals.length} signals`);
    },
    beforePass: () => pace(input.step),
    topology: known => {
      topology = known;
    },
  });
  for await (const pass of passes) {
    book.update(pass.incidents);
    showSurroundings(book, topology, pass.incidents);
    for (const { status, alert } of pass.notifications) {
      const id = alert.labels.incident ?? '';
      const word =
        status === 'resolved'
          ? pc.green('resolved')
          : told.has(id)
            ? pc.yellow('changed ')
            : pc.red('PAGE    ');
      told.add(id);
      say(
        `  ${pc.dim(`${sayClock(pass.t)} UTC`)} ${word} ${alert.annotations.summary}; suspect ${alert.annotations.suspect}`,
      );
    }
    for (const { id } of pass.incidents) {
      const view = book.get(id);
      if (view !== undefined && (view.signals.length === 0 || pass.t >= shownAt + showEvery)) {
        shownAt = pass.t;
        await show(id, pass.t);
      }
    }
  }
}

async function finish(
  { wired, input, shown: { book, show } }: Demo,
  { out, url }: { readonly out: string; readonly url: string },
): Promise<void> {
  const incidents = book.list().map(view => view.incident);
  const { watches } = wired;
  const layout = writeLayout([
    ...fleetDashboards(input.packs),
    ...incidentDashboards(input.packs, incidents, { url, has: watchedBy(watches) }),
  ]);
  const files = writeFiles(out, layout, { overwrite: false }).filter(({ state }) => state !== 'conflict');
  for (const { id } of incidents) await show(id, input.end);
  const report = await writeDemoReport(book, { start: input.start, end: input.end, out });
  say(`  the weekly report as it would stand now: ${report}`);
  say(`  ${files.length} files for Grafana's provisioning in ${out}/\n`);
}

async function serve(
  page: DemoPage,
  { listen, recording }: { readonly listen: string; readonly recording: string },
): Promise<{ server: Server; url: string } | undefined> {
  try {
    return await page.serve({ listen, recording });
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    say(`the page cannot be served on ${listen} (${reason}); going on without it`);
    return undefined;
  }
}

/** Replays a recorded incident through the pipeline and tells what an engineer wants to read. */
export async function runDemo(options: DemoOptions): Promise<void> {
  const folder = recordingFolder(options.recording ?? defaultRecording);
  const context = {
    ...loadContext,
    readFile: (file: string) => (file === 'demo.yaml' ? demoConfig : loadContext.readFile(file)),
  };
  const loaded = loadOrExplain('demo.yaml', context);
  say(pc.bold('foreshock demo: a recorded real incident, as it would have been told'));
  makeFolder('--out', options.out);
  const recording = await readRecording(folder);
  const input = inputOf(recording, loaded);
  say(
    `  ${recording.series.length} series, ${Math.round((input.from - input.start) / 60_000)} minutes of normal life to learn from`,
  );
  const { detection, correlation } = loaded.config;
  const wired = wire(loaded.packs, {
    detection,
    correlation,
    url: `http://${options.listen}`,
    maintenance: maintenanceOf(loaded.config),
  });
  const logs = recordedLogs(folder, input.step);
  const shown = createDemoPage({ wired, sources: input.sources, logs, say });
  const { book } = shown;
  const demo = { wired, input, shown };
  const page = options.stay
    ? await serve(shown, { listen: options.listen, recording: path.basename(folder) })
    : undefined;
  if (page !== undefined) say(`  watch it at ${pc.underline(page.url)}`);
  await watchReplay(demo, options.speed);
  await finish(demo, { out: options.out, url: page?.url ?? `http://${options.listen}` });
  tellAll(book, { out: options.out, url: page?.url });
  if (page === undefined) return;
  say(`\n  the page stays at ${pc.underline(page.url)} until you press Ctrl-C`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await page.server.close();
}

function tellAll(
  book: IncidentBook,
  context: { readonly out: string; readonly url: string | undefined },
): void {
  const views = book.list();
  for (const { incident, notificationsIn, notificationsOut } of views) {
    const file = path.join(context.out, 'dashboards/foreshock', `foreshock-incident-${incident.id}.json`);
    const dashboard = existsSync(file) ? file : undefined;
    const page = context.url === undefined ? undefined : `${context.url}/incidents/${incident.id}`;
    process.stdout.write(
      `${tellIncident(incident, { alertsIn: notificationsIn, notificationsOut, dashboard, page }, paintFor(process.stdout, process.env))}\n`,
    );
  }
  if (views.length === 0) process.stdout.write('No incident: nothing was out of the ordinary.\n');
}
