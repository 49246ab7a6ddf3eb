import { Command } from 'commander';
import { ReplayOdds } from '../../correlators/escalation-replay.ts';
import { correlateAlerts } from '../../correlators/replay.ts';
import { parseAlertLines, parseTopology } from '../alerts-file.ts';
import { readText, writeText } from '../files.ts';
import { usualExits, withHelp } from '../help.ts';
import { noiseLines } from '../noise-figures.ts';

interface Flags {
  readonly alerts: string;
  readonly topology?: string;
  readonly output: string;
}

function correlate(flags: Flags): void {
  const alerts = parseAlertLines(readText(flags.alerts), flags.alerts);
  const topology =
    flags.topology === undefined
      ? { nodes: [], edges: [] }
      : parseTopology(readText(flags.topology), flags.topology);
  const { lines: incidents, noise } = correlateAlerts(alerts, topology, {
    odds: new ReplayOdds(),
  });
  writeText(flags.output, incidents.map(incident => `${JSON.stringify(incident)}\n`).join(''));
  process.stderr.write(`${noiseLines(noise).join('\n')}\n`);
}

/** `foreshock correlate`: alerts of a file to incidents, on virtual time. */
export function correlateCommand(): Command {
  const command = new Command('correlate')
    .description('turn a file of alerts into incidents with suspects')
    .requiredOption('--alerts <file>', 'one Alertmanager v2 alert a line (JSON)')
    .option('--topology <file>', '{"nodes": [{"id"}], "edges": [{"from": caller, "to": callee}]}')
    .requiredOption('--output <file>', 'one incident a line (JSON); - is standard output')
    .action(correlate);
  return withHelp(command, {
    examples: ['correlate --alerts alerts.jsonl --topology topology.json --output incidents.jsonl'],
    exits: usualExits,
  });
}
