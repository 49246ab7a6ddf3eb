import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { type PrometheusOptions, prometheusOptions } from '../../collectors/prometheus.ts';
import { type PrometheusInventory, readInventory } from '../../collectors/prometheus-inventory.ts';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import type { Pack } from '../../core/pack.ts';
import { sayCount } from '../../core/say-name.ts';
import { type FoundPack, findPack, type Inventory } from '../discovery.ts';
import { exitCodes, InputError } from '../exit.ts';
import { writeText } from '../files.ts';
import { askingExits, withHelp } from '../help.ts';
import { type InitFindings, initConfig, sayFindings } from '../init-config.ts';
import { createProgress } from '../progress.ts';
import { openSurvey, stepFor } from '../source-survey.ts';
import { uncovered } from '../uncovered-metrics.ts';

interface Flags {
  readonly prometheus: string;
  readonly alertmanager?: string;
  readonly output: string;
  readonly force?: true;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly bearerTokenFile?: string;
  readonly caFile?: string;
}

function accessOf({ username, passwordFile, bearerTokenFile, caFile }: Flags): Record<string, unknown> {
  if ((username === undefined) !== (passwordFile === undefined))
    throw new InputError('--username and --password-file come together');
  return {
    ...(username === undefined ? {} : { basic_auth: { username, password_file: passwordFile } }),
    ...(bearerTokenFile === undefined ? {} : { authorization: { credentials_file: bearerTokenFile } }),
    ...(caFile === undefined ? {} : { tls_config: { ca_file: caFile } }),
  };
}

function optionsOf(flags: Flags): PrometheusOptions {
  const read = prometheusOptions.safeParse({ url: flags.prometheus, ...accessOf(flags) });
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new InputError(`--prometheus ${flags.prometheus}: ${issue?.message ?? 'cannot be used'}`);
}

/** Packs whose queries ask a source of metrics. */
function metricPacks(): readonly Pack[] {
  return [...builtinPacks().values()].flatMap(file => {
    const loaded = loadPack(file, readFileSync(file, 'utf8'));
    return loaded.ok && loaded.pack.reads === 'metrics' ? [loaded.pack] : [];
  });
}

async function found(inventory: Inventory): Promise<readonly FoundPack[]> {
  const packs = metricPacks();
  const { write, isTTY: terminal = false } = process.stderr;
  const progress = createProgress({
    what: 'packs',
    total: packs.length,
    clock: Date.now,
    write: text => write.call(process.stderr, text),
    terminal,
  });
  try {
    const out: FoundPack[] = [];
    for (const pack of packs) {
      const one = await findPack(pack, inventory);
      if (one !== undefined) out.push(one);
      progress.step();
    }
    return out;
  } finally {
    progress.end();
  }
}

/** What is said of questions that the source did not answer. */
function sayUnanswered([first, ...more]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  return [
    `${sayCount(more.length + 1, 'query was', 'queries were')} not answered and taken for nothing there: ${first}`,
  ];
}

async function look(options: PrometheusOptions, there: PrometheusInventory) {
  const survey = await openSurvey(options, there, Date.now());
  try {
    const packs = await found(survey.inventory);
    return { packs, scrape: survey.scrape, unanswered: sayUnanswered(survey.unanswered()) };
  } finally {
    await survey.close();
  }
}

async function init(flags: Flags): Promise<void> {
  const { output, force } = flags;
  if (output !== '-' && force === undefined && existsSync(output))
    throw new InputError(`${output}: is there already; --force replaces it, --output - only shows`);
  const options = optionsOf(flags);
  const there = await readInventory(options);
  const { packs, scrape, unanswered } = await look(options, there);
  if (packs.length === 0) {
    const metrics = sayCount(there.metrics.length, 'metric');
    const lines = [`${options.url} has ${metrics}, and no pack knows them; see docs/packs.md`, ...unanswered];
    process.stderr.write(`${lines.join('\n')}\n`);
    process.exitCode = exitCodes.found;
    return;
  }
  const findings: InitFindings = {
    url: flags.prometheus,
    access: accessOf(flags),
    alertmanager: flags.alertmanager ?? there.alertmanagers[0],
    scrape,
    packs,
  };
  const step = stepFor(scrape.interval);
  writeText(output, initConfig(findings, step));
  const lines = [...sayFindings(findings, step), ...uncovered(there.metrics, packs), ...unanswered];
  if (output !== '-') lines.push(`written to ${output}; next: foreshock run --config ${output} --dry-run`);
  process.stderr.write(`${lines.join('\n')}\n`);
}

/** `foreshock init`: a config from what a running Prometheus has. */
export function initCommand(): Command {
  const command = new Command('init')
    .description('look at a running Prometheus and write a config that watches what is there')
    .option('--prometheus <url>', 'base address of Prometheus or Thanos', 'http://127.0.0.1:9090')
    .option('--alertmanager <url>', 'where alerts go (default: the one that Prometheus tells)')
    .option('--output <file>', 'config to write; - is standard output', 'foreshock.yaml')
    .option('--force', 'replace a file that is there')
    .option('--username <name>', 'for basic auth')
    .option('--password-file <file>', 'for basic auth')
    .option('--bearer-token-file <file>', 'token of the Authorization header')
    .option('--ca-file <file>', 'certificate authority to trust')
    .action(init);
  return withHelp(command, {
    examples: [
      'init',
      'init --prometheus https://thanos.example:10902 --bearer-token-file token --output foreshock.yaml',
    ],
    exits: { ...askingExits, 1: 'no pack knows what is there' },
  });
}
