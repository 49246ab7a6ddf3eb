import { Command } from 'commander';
import { sayCount, sayList } from '../../core/say-name.ts';
import { createMetrics } from '../../server/metrics.ts';
import { exitCodes, InputError } from '../exit.ts';
import { writeText } from '../files.ts';
import { usualExits, withHelp } from '../help.ts';
import { loadOrExplain } from '../load.ts';
import { createSources } from '../sources.ts';
import { readTopologyNow, type TopologyNow } from '../topology-now.ts';
import { topologySources } from '../topology-sources.ts';
import { topologyDot, topologyJson, topologyTable } from '../topology-text.ts';

interface Flags {
  readonly config: string;
}

interface ExportFlags extends Flags {
  readonly format: string;
  readonly output: string;
}

/** Reads the graph as it is now, says on standard error what could not be read, and hands it on if anybody answered. */
async function withTopology(flags: Flags, body: (now: TopologyNow, t: number) => void): Promise<void> {
  const { config, packs } = loadOrExplain(flags.config);
  const { step, delay } = config.global;
  const t = Math.floor((Date.now() - delay) / step) * step;
  const sources = createSources(config, createMetrics());
  const told = topologySources(config, sources.all, packs);
  if (told.length === 0)
    throw new InputError(
      `${flags.config}: nothing tells who calls whom; there are prometheus, topology.jaeger and topology.files`,
    );
  try {
    const now = await readTopologyNow(told, { t, step });
    for (const [why, names] of now.failures) process.stderr.write(`${sayList(names)}: ${why}\n`);
    if (now.answered > 0) body(now, t);
    else process.exitCode = exitCodes.outsideFailed;
  } finally {
    for (const source of told) await source.close?.();
    await sources.close();
  }
}

async function show(flags: Flags): Promise<void> {
  await withTopology(flags, ({ told }, t) => {
    if (told.edges.length === 0)
      process.stderr.write('no source tells who calls whom; docs/topology.md says what can\n');
    else process.stdout.write(topologyTable(told, t));
  });
}

const formats = { json: topologyJson, dot: topologyDot };

async function exportGraph(flags: ExportFlags): Promise<void> {
  const { format, output } = flags;
  if (format !== 'json' && format !== 'dot')
    throw new InputError(`--format ${format}: there are json and dot`);
  await withTopology(flags, ({ told }) => {
    writeText(output, formats[format](told));
    if (output === '-') return;
    const { nodes, edges } = told;
    process.stderr.write(
      `${output}: ${sayCount(nodes.length, 'node')} and ${sayCount(edges.length, 'edge')}\n`,
    );
  });
}

const configFlag = ['--config <file>', 'config file'] as const;
const exits = { ...usualExits, 3: 'no source answers' } as const;

function showCommand(): Command {
  const command = new Command('show')
    .description(
      'who calls whom and what stands on what now: how sure that is, who says it, when it was seen',
    )
    .requiredOption(...configFlag)
    .action(show);
  return withHelp(command, { examples: ['topology show --config foreshock.yaml'], exits });
}

function exportCommand(): Command {
  const command = new Command('export')
    .description('write the graph as a topology file (JSON) or for Graphviz (DOT)')
    .requiredOption(...configFlag)
    .option('--format <name>', 'json or dot', 'json')
    .option('--output <file>', 'file to write; - is standard output', '-')
    .action(exportGraph);
  const examples = [
    'topology export --config foreshock.yaml --output topology.json',
    'topology export --config foreshock.yaml --format dot | dot -Tsvg > topology.svg',
  ];
  return withHelp(command, { examples, exits });
}

/** `foreshock topology show|export`: the graph over which incidents are grouped and causes are ranked. */
export function topologyCommand(): Command {
  const topology = new Command('topology')
    .description('who calls whom, and what stands on what')
    .addCommand(showCommand())
    .addCommand(exportCommand());
  return withHelp(topology, { examples: ['topology show --config foreshock.yaml'], exits });
}
