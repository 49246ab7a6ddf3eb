import { Command } from 'commander';
import { sayCount, sayList } from '../../core/say-name.ts';
import { sayTime } from '../../core/say-time.ts';
import type { Topology } from '../../core/topology.ts';
import { type Diagnosis, diagnose } from '../../correlators/diagnose.ts';
import { parseTopology } from '../alerts-file.ts';
import { InputError } from '../exit.ts';
import { readText, writeText } from '../files.ts';
import { usualExits, withHelp } from '../help.ts';
import { parseServiceMetrics, parseServiceSignal, type ServiceMetrics } from '../metrics-by-service.ts';
import { formatTimestamp, parseTimestamp } from '../timestamp.ts';

interface Flags {
  readonly metrics: string;
  readonly onset: string;
  readonly topology?: string;
  readonly target?: string;
  readonly output: string;
}

function parseOnset(text: string, { t }: ServiceMetrics, file: string): number {
  const onset = parseTimestamp(text);
  if (Number.isNaN(onset))
    throw new InputError(`--onset ${text}: not a timestamp; write ISO 8601 or Unix seconds`);
  const [first, last] = [t[0], t.at(-1)];
  if (first === undefined || last === undefined) throw new InputError(`${file}: there is no row of values`);
  // A row may be stamped with the start of its interval: the last one then holds what came after its own time.
  const step = t.length < 2 ? 0 : (last - first) / (t.length - 1);
  if (onset >= first - step && onset <= last + step) return onset;
  throw new InputError(
    `--onset ${text}: lies outside of ${file}, which goes from ${formatTimestamp(first)} to ${formatTimestamp(last)}`,
  );
}

/** The service of `--target`, which the metrics or the topology must know. */
function parseTarget(text: string, { frames }: ServiceMetrics, topology: Topology): string {
  const parts = parseServiceSignal(text);
  if (parts === undefined)
    throw new InputError(`--target ${text}: must be <service>{<signal>}, like checkout{latency_p99}`);
  const { service } = parts;
  if (frames.some(({ entity }) => entity.service === service)) return service;
  if (topology.nodes.some(({ id }) => id === service)) return service;
  const known = frames.flatMap(({ entity }) => entity.service ?? []);
  throw new InputError(`--target ${text}: no service "${service}"; there are ${sayList(known)}`);
}

function summary({ services, signals, unread }: Diagnosis, onset: number): string[] {
  const lines: string[] = [];
  if (unread.length > 0)
    lines.push(
      `${sayList(unread)}: too few rows before or after the onset to say anything; 2 before and 1 after are needed`,
    );
  const [first, ...others] = services;
  if (first === undefined)
    return [...lines, `nothing is wrong around ${sayTime(onset)}: no change that would be evidence`];
  lines.push(`${first.name} is the most likely cause (score ${first.score})`);
  for (const { signal, evidence } of signals.filter(({ service }) => service === first.name).slice(0, 3))
    lines.push(...evidence.map((words, k) => (k === 0 ? `  ${signal}: ${words}` : `    ${words}`)));
  const next = others.slice(0, 4).map(({ name, score }) => `${name} (${score})`);
  if (next.length > 0) lines.push(`next: ${next.join(', ')}`);
  return lines;
}

function run(flags: Flags): void {
  const metrics = parseServiceMetrics(readText(flags.metrics), flags.metrics);
  const topology =
    flags.topology === undefined
      ? { nodes: [], edges: [] }
      : parseTopology(readText(flags.topology), flags.topology);
  const onset = parseOnset(flags.onset, metrics, flags.metrics);
  const target = flags.target === undefined ? undefined : parseTarget(flags.target, metrics, topology);
  const diagnosis = diagnose(metrics.frames, topology, {
    onset,
    ...(target === undefined ? {} : { target }),
  });
  const { services, signals } = diagnosis;
  writeText(flags.output, `${JSON.stringify({ services, signals })}\n`);
  if (metrics.infinite > 0)
    process.stderr.write(
      `${sayCount(metrics.infinite, 'infinite value was', 'infinite values were')} read as missing\n`,
    );
  for (const line of summary(diagnosis, onset)) process.stderr.write(`${line}\n`);
}

/** `foreshock diagnose`: the likely cause of trouble, from metrics and who calls whom. */
export function diagnoseCommand(): Command {
  const command = new Command('diagnose')
    .description('rank the services that may have caused trouble, from metrics around its onset')
    .requiredOption(
      '--metrics <file>',
      'CSV with the columns timestamp,<service>{<signal>},...; - is standard input',
    )
    .requiredOption('--onset <time>', 'when the trouble began, to a minute or so')
    .option('--topology <file>', '{"nodes": [{"id"}], "edges": [{"from": caller, "to": callee}]}')
    .option(
      '--target <service{signal}>',
      'where the trouble was noticed: only what it calls can be the cause',
    )
    .requiredOption(
      '--output <file>',
      '{services: [{name, score}], signals: [{service, signal, score, evidence}]} (JSON), best first; - is standard output',
    )
    .action(run);
  return withHelp(command, {
    examples: [
      'diagnose --metrics metrics.csv --onset 2026-03-01T10:05:00Z --topology topology.json --output ranking.json',
      "diagnose --metrics metrics.csv.gz --onset 1772359500 --target 'checkout{latency_p99}' --output -",
    ],
    exits: usualExits,
  });
}
