import path from 'node:path';
import { Command } from 'commander';
import { createPrometheusSource, prometheusOptions } from '../../collectors/prometheus.ts';
import { httpUrl } from '../../core/http-access.ts';
import { sayCount } from '../../core/say-name.ts';
import type { SeriesSource } from '../../core/series.ts';
import { type PreviewDashboard, readDashboard } from '../../dashboards/preview-model.ts';
import { type PreviewRange, rangeOf, timeOf } from '../../dashboards/preview-query.ts';
import { createMetrics } from '../../server/metrics.ts';
import { readValues } from '../../store/reader.ts';
import { networkOf } from '../backend.ts';
import { alertedIn, fleetDashboards, incidentDashboards } from '../dashboard-files.ts';
import { type PreviewSources, previewOf } from '../dashboard-preview.ts';
import { exitCodes, InputError } from '../exit.ts';
import { makeFolder, writeText } from '../files.ts';
import { askingExits, withHelp } from '../help.ts';
import { impatient } from '../impatient-source.ts';
import { linksOf } from '../incident-links.ts';
import { incidentsOf } from '../incident-store.ts';
import { type Loaded, loadOrExplain } from '../load.ts';
import { storedSource } from '../results-from-store.ts';
import { createSources, type Sources } from '../sources.ts';
import { storedWatches } from '../stored-watches.ts';
import { formatTimestamp } from '../timestamp.ts';

interface Flags {
  readonly config: string;
  readonly out: string;
  readonly dashboard?: string;
  readonly foreshock?: string;
  readonly from?: string;
  readonly to?: string;
}

const say = (text: string) => void process.stderr.write(`${text}\n`);
/** So long a foreshock on this machine may take to answer. */
const patience = 10_000;

const year = 365 * 86_400_000;
/** No metrics are older. */
const earliest = Date.UTC(2000, 0, 1);
/** More is no picture: nothing is kept for so long. */
const longestYears = 5;

/** What is passed to `--from` and `--to`, in ms. */
function given(flag: string, text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  try {
    const time = timeOf(text, now);
    if (time >= earliest && time <= now + longestYears * year) return time;
  } catch (error) {
    throw new InputError(`${flag} ${text}: ${error instanceof Error ? error.message : error}`);
  }
  throw new InputError(
    `${flag} ${text}: must lie between the year 2000 and ${longestYears} years from now (a number is milliseconds)`,
  );
}

/** The ends of the range that were asked for. */
function givenRange({ from, to }: Flags, now: number): Partial<PreviewRange> {
  const start = given('--from', from, now);
  const end = given('--to', to, now);
  if (start !== undefined && !(start < (end ?? now))) throw new InputError('--from must be before --to');
  return { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
}

/** Throws an InputError where the dashboard's own beginning or end leaves no range, or one that is too long. */
function checkRange(
  { uid, time }: PreviewDashboard,
  how: { readonly now: number; readonly range: Partial<PreviewRange> },
) {
  const { start, end } = rangeOf(time, how);
  if (!(start < end)) throw new InputError(`--to is before ${uid} begins (${time.from}): give --from, too`);
  if (end - start > longestYears * year)
    throw new InputError(
      `${uid}: from ${formatTimestamp(start)} to ${formatTimestamp(end)} is more than ${longestYears} years: ask for less`,
    );
}

function addressOf({ config }: Loaded, flag: string | undefined): string {
  if (flag === undefined) {
    const [, host = '', port] = /^(.*):(\d+)$/.exec(config.web.listen) ?? [];
    const loopback = ['', '0.0.0.0', '[::]'].includes(host) ? '127.0.0.1' : host;
    return config.web.external_url ?? `http://${loopback}:${port}`;
  }
  const read = httpUrl.safeParse(flag);
  if (!read.success)
    throw new InputError(`--foreshock ${flag}: must be an address such as http://127.0.0.1:9477`);
  return read.data;
}

interface OwnSource {
  readonly source: SeriesSource;
  /** Where it reads, in words. */
  readonly said: string;
  close(): Promise<void>;
}

/** The query API of a foreshock that runs, else what lies in its store. */
async function ownSource(loaded: Loaded, flags: Flags, now: number): Promise<OwnSource> {
  const url = addressOf(loaded, flags.foreshock);
  const source = createPrometheusSource(prometheusOptions.parse({ url, timeout: `${patience}ms` }), {
    retry: { retries: 1 },
  });
  try {
    const signal = AbortSignal.timeout(patience);
    await source.queryInstant('foreshock_anomaly_score', now, signal);
    return { source, said: `foreshock at ${url}`, close: () => source.close() };
  } catch (error) {
    await source.close();
    const reason = error instanceof Error ? error.message : String(error);
    if (flags.foreshock !== undefined) throw new InputError(`--foreshock ${url}: ${reason}`);
    const { config } = loaded;
    const directory = config.storage.path;
    say(`foreshock does not answer at ${url}: its own series are read from ${directory} (${reason})`);
    return {
      source: storedSource({
        directory,
        watches: storedWatches(loaded, await networkOf(config), say),
        budget: config.detection.budget,
        now: () => now,
      }),
      said: `the store in ${directory}`,
      close: async () => {},
    };
  }
}

function dashboardsOf({ config, packs }: Loaded) {
  const incidents = incidentsOf(readValues(config.storage.path, 'incidents'));
  const url = config.web.external_url ?? `http://${config.web.listen}`;
  const links = linksOf(config);
  const made = incidentDashboards(packs, incidents, { url, has: alertedIn(incidents), links });
  return { all: [...fleetDashboards(packs), ...made], titles: made.map(({ title = '' }) => title) };
}

/** The dashboards that were asked for, as they would be built. */
function chosenOf(loaded: Loaded, uid: string | undefined) {
  const { all, titles } = dashboardsOf(loaded);
  const chosen = all.filter(made => uid === undefined || made.uid === uid);
  if (chosen.length > 0) return { chosen, titles };
  const known = all.map(made => made.uid).join(', ');
  throw new InputError(`--dashboard ${uid}: there is none with this uid, only ${known}`);
}

async function preview(flags: Flags): Promise<void> {
  const now = Date.now();
  const loaded = loadOrExplain(flags.config);
  const range = givenRange(flags, now);
  const { chosen, titles } = chosenOf(loaded, flags.dashboard);
  const dashboards = chosen.map(made => readDashboard(JSON.parse(JSON.stringify(made))));
  for (const each of dashboards) checkRange(each, { now, range });
  makeFolder('--out', flags.out);
  const own = await ownSource(loaded, flags, now);
  const sources = createSources(loaded.config, createMetrics());
  const asked = askedOf(loaded, sources, own);
  const { signal } = new AbortController();
  try {
    for (const read of dashboards) {
      const { html, unanswered } = await previewOf(read, asked, { now, range, incidents: titles, signal });
      const file = path.join(flags.out, `${read.uid}.html`);
      writeText(file, html);
      process.stdout.write(`${file}\n`);
      for (const reason of unanswered) say(`${read.uid}: not answered: ${reason}`);
      if (unanswered.length > 0) process.exitCode = exitCodes.outsideFailed;
    }
    say(`${sayCount(chosen.length, 'dashboard')} drawn from ${asked.said}`);
  } finally {
    await Promise.all([sources.close(), own.close()]);
  }
}

function askedOf({ config }: Loaded, { all }: Sources, own: OwnSource): PreviewSources {
  const metrics = all.filter(({ name }) => config.prometheus.some(each => each.name === name));
  return {
    metrics: metrics.map(({ name, source }) => ({ name, source: impatient(source) })),
    foreshock: impatient(own.source),
    scrape: Math.max(...metrics.map(({ interval }) => interval), 1000),
    said: [...metrics.map(({ name }) => name), own.said].join(', '),
  };
}

/** `foreshock dashboards preview`: the dashboards as pictures from live data, to look at before they are pushed. */
export function previewCommand(): Command {
  const command = new Command('preview')
    .description('draw the dashboards from live data, a page each that needs nothing beside it')
    .requiredOption('--config <file>', 'config file')
    .requiredOption('--out <dir>', 'folder to write into')
    .option('--dashboard <uid>', 'only this one')
    .option(
      '--foreshock <url>',
      'foreshock whose query API is asked; else the one of the config, else its store',
    )
    .option('--from <time>', 'instead of the dashboard`s own beginning: now-6h, or ISO 8601')
    .option('--to <time>', 'instead of its own end: now, now+30d, or ISO 8601')
    .action(preview);
  return withHelp(command, {
    examples: [
      'dashboards preview --config foreshock.yaml --out look',
      'dashboards preview --config foreshock.yaml --out look --dashboard foreshock-overview --from now-2d',
    ],
    exits: { ...askingExits, 3: 'a query was not answered; its panel says so' },
  });
}
