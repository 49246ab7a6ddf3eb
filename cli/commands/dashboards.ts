import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { Command } from 'commander';
import { writeLayout } from '../../dashboards/layout.ts';
import { readValues } from '../../store/reader.ts';
import { alertedIn, fleetDashboards, incidentDashboards, writeDashboards } from '../dashboard-files.ts';
import { InputError } from '../exit.ts';
import { usualExits, withHelp } from '../help.ts';
import { incidentsOf } from '../incident-store.ts';
import { loadOrExplain } from '../load.ts';

interface Flags {
  readonly config: string;
  readonly out: string;
  readonly dryRun?: true;
  readonly diff?: true;
  readonly push?: true;
}

function stateOf(file: string, content: string): 'new' | 'changed' | 'unchanged' {
  try {
    return readFileSync(file, 'utf8') === content ? 'unchanged' : 'changed';
  } catch {
    return 'new';
  }
}

function written(folder: string, dashboards: readonly Dashboard[]): number {
  try {
    return writeDashboards(folder, dashboards);
  } catch (error) {
    throw new InputError(
      `--out ${folder}: cannot be written (${error instanceof Error ? error.message : error})`,
    );
  }
}

function build(flags: Flags): void {
  if (flags.push)
    throw new InputError(
      '--push: pushing to Grafana is not available in this version; use the provisioning folder',
    );
  const { config, packs } = loadOrExplain(flags.config);
  const incidents = incidentsOf(readValues(config.storage.path, 'incidents'));
  const url = config.web.external_url ?? `http://${config.web.listen}`;
  const dashboards = [
    ...fleetDashboards(packs),
    ...incidentDashboards(packs, incidents, { url, has: alertedIn(incidents) }),
  ];
  if (flags.dryRun || flags.diff)
    for (const file of writeLayout(dashboards))
      process.stdout.write(`${stateOf(path.join(flags.out, file.path), file.content)} ${file.path}\n`);
  if (flags.dryRun) return;
  process.stderr.write(`${written(flags.out, dashboards)} files in ${flags.out}\n`);
}

/** `foreshock dashboards build`: Grafana dashboards into a provisioning folder. */
export function dashboardsCommand(): Command {
  const dashboards = new Command('dashboards').description('Grafana dashboards as code');
  const builds = dashboards
    .command('build')
    .description(
      'write the overview, one dashboard per pack and one per stored incident into a provisioning folder',
    )
    .requiredOption('--config <file>', 'config file')
    .requiredOption('--out <dir>', 'folder to write into')
    .option('--dry-run', 'only say what would be written')
    .option('--diff', 'say which files are new or changed')
    .option('--push', 'push to Grafana over HTTP')
    .action(build);
  const help = {
    examples: [
      'dashboards build --config foreshock.yaml --out /etc/grafana/provisioning',
      'dashboards build --config foreshock.yaml --out out --dry-run',
    ],
    exits: usualExits,
  };
  withHelp(builds, help);
  return withHelp(dashboards, help);
}
