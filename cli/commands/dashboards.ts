import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { Command, Option } from 'commander';
import { servedRunbooks } from '../../alerts/runbook.ts';
import { writeLayout } from '../../dashboards/layout.ts';
import { readValues } from '../../store/reader.ts';
import { changesOf } from '../change-book.ts';
import { alertedIn, fleetDashboards, incidentDashboards } from '../dashboard-files.ts';
import { type FileResult, planFiles, pruneFiles, writeFiles } from '../dashboard-folder.ts';
import { outdated } from '../dashboard-retention.ts';
import { type BuildResult, sayResults, sayStates } from '../dashboard-states.ts';
import { exitCodes, InputError } from '../exit.ts';
import { connectGrafana } from '../grafana-access.ts';
import { configMaps } from '../grafana-configmaps.ts';
import { type PushContent, pushAll } from '../grafana-push.ts';
import { usualExits, withHelp } from '../help.ts';
import { linksOf } from '../incident-links.ts';
import { incidentsOf } from '../incident-store.ts';
import { type Loaded, loadOrExplain } from '../load.ts';
import { previewCommand } from './dashboards-preview.ts';

interface Flags {
  readonly config: string;
  readonly out?: string;
  readonly format: 'files' | 'configmaps';
  readonly dryRun?: true;
  readonly diff?: true;
  readonly push?: true;
  readonly overwrite?: true;
  readonly prune?: true;
  readonly schema?: 'v1' | 'v2';
}

/** The overview, one dashboard a pack, and those of stored incidents that the policy keeps. */
function contentOf({ config, packs }: Loaded): PushContent {
  const stored = incidentsOf(readValues(config.storage.path, 'incidents'));
  const policy = config.dashboards?.incidents;
  const gone = policy === undefined ? new Set<string>() : outdated(stored, policy, Date.now());
  const incidents = stored.filter(({ id }) => !gone.has(id));
  const url = config.web.external_url ?? `http://${config.web.listen}`;
  return {
    packs,
    incidents,
    changes: changesOf(readValues(config.storage.path, 'changes')),
    dashboards: [
      ...fleetDashboards(packs),
      ...incidentDashboards(packs, incidents, { url, has: alertedIn(incidents), links: linksOf(config) }),
    ],
    pageOf: id => `${url}/incidents/${id}`,
    runbooks: config.web.runbook_url ?? servedRunbooks(url),
  };
}

function buildFiles(
  out: string,
  dashboards: readonly Dashboard[],
  { config }: Loaded,
  flags: Flags,
): readonly FileResult[] {
  const folder = config.dashboards?.push?.folder ?? 'foreshock';
  const files = flags.format === 'files' ? writeLayout(dashboards) : configMaps(dashboards, folder);
  const how = { overwrite: flags.overwrite === true };
  const dryRun = flags.dryRun === true;
  try {
    const brought = dryRun ? planFiles(out, files, how) : writeFiles(out, files, how);
    return flags.prune ? [...brought, ...pruneFiles(out, files, { dryRun })] : brought;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(`--out ${out}: cannot be written (${reason})`);
  }
}

async function push(content: PushContent, { config }: Loaded, flags: Flags) {
  const asked = config.dashboards?.push;
  if (asked === undefined)
    throw new InputError(
      `--push: ${flags.config} does not say where Grafana is: add dashboards: {push: {url: ..., token_file: ...}}`,
    );
  const block = { ...asked, schema: flags.schema ?? asked.schema };
  const { grafana, close } = connectGrafana(block);
  try {
    return await pushAll(grafana, content, {
      push: block,
      overwrite: flags.overwrite === true,
      prune: flags.prune === true,
      dryRun: flags.dryRun === true,
      signal: new AbortController().signal,
      random: Math.random,
    });
  } finally {
    await close();
  }
}

function sayFiles(files: readonly FileResult[], out: string): string {
  const removed = files.filter(({ state }) => state === 'removed').length;
  const left = files.filter(({ state }) => state === 'conflict').length;
  return `${files.length - left - removed} files in ${out}${removed === 0 ? '' : `, ${removed} removed`}\n`;
}

async function build(flags: Flags): Promise<void> {
  const { out } = flags;
  if (out === undefined && flags.push === undefined)
    throw new InputError('give --out DIR, --push, or both: else there is nowhere to bring them');
  if (out !== undefined && flags.schema === 'v2')
    throw new InputError(
      '--schema v2 goes with --push alone: Grafana reads files in the schema v1 only (grafana/grafana#127928)',
    );
  const loaded = loadOrExplain(flags.config);
  const content = contentOf(loaded);
  const results: BuildResult[] = [];
  const tell = (brought: readonly BuildResult[], summary: string) => {
    results.push(...brought);
    process.stdout.write(sayResults(brought, flags));
    if (!flags.dryRun) process.stderr.write(summary);
  };
  if (out !== undefined) {
    const files = buildFiles(out, content.dashboards, loaded, flags);
    tell(files, sayFiles(files, out));
  }
  if (flags.push) {
    const pushed = await push(content, loaded, flags);
    tell(pushed, `Grafana: ${sayStates(pushed)}\n`);
  }
  if (results.some(({ state }) => state === 'conflict')) process.exitCode = exitCodes.found;
}

const help = {
  examples: [
    'dashboards build --config foreshock.yaml --out /etc/grafana/provisioning',
    'dashboards build --config foreshock.yaml --out manifests --format configmaps',
    'dashboards build --config foreshock.yaml --push --dry-run --diff',
    'dashboards build --config foreshock.yaml --push --prune --dry-run',
    'dashboards build --config foreshock.yaml --push --schema v2',
  ],
  exits: {
    ...usualExits,
    1: 'something was changed by hand and is left as it is',
    3: 'Grafana does not answer, or refuses',
  },
};

function buildCommand(): Command {
  const command = new Command('build')
    .description(
      'bring the overview, one dashboard per pack and one per stored incident into a folder, into ConfigMaps, or to Grafana',
    )
    .requiredOption('--config <file>', 'config file')
    .option('--out <dir>', 'folder to write into')
    .addOption(
      new Option('--format <format>', 'what is written: a provisioning folder, or ConfigMaps for Kubernetes')
        .choices(['files', 'configmaps'])
        .default('files'),
    )
    .option('--push', 'push to the Grafana of dashboards.push, with alert rules and annotations')
    .addOption(
      new Option(
        '--schema <schema>',
        'schema of what is pushed, instead of that of dashboards.push: v2 needs Grafana 12.2 or later',
      ).choices(['v1', 'v2']),
    )
    .option('--dry-run', 'only say what would be done')
    .option('--diff', 'say what differs, setting by setting and panel by panel')
    .option('--overwrite', 'also take over what a person changed by hand')
    .option('--prune', 'also take away what foreshock brought for packs that the config has no more')
    .action(build);
  return withHelp(command, help);
}

/** `foreshock dashboards build`: Grafana dashboards into a provisioning folder, ConfigMaps or Grafana itself. */
export function dashboardsCommand(): Command {
  const dashboards = new Command('dashboards')
    .description('Grafana dashboards as code')
    .addCommand(buildCommand())
    .addCommand(previewCommand());
  return withHelp(dashboards, help);
}
