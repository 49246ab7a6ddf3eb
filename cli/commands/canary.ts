import { Command } from 'commander';
import { formatDuration, parseDuration } from '../../core/duration.ts';
import { sayValue } from '../../core/say-value.ts';
import { addMatchers } from '../../promql/matchers.ts';
import { createMetrics } from '../../server/metrics.ts';
import {
  type CanaryPair,
  type CanaryResult,
  type ComparedSignal,
  canaryJson,
  compareAll,
} from '../canary-comparison.ts';
import { readPairs } from '../canary-reads.ts';
import { parseMetricsCsv } from '../csv.ts';
import { exitCodes, InputError } from '../exit.ts';
import { readText, writeText } from '../files.ts';
import { askingExits, withHelp } from '../help.ts';
import { loadOrExplain } from '../load.ts';
import { createSources } from '../sources.ts';
import { parseTimestamp } from '../timestamp.ts';

interface Flags {
  readonly config?: string;
  readonly baseline: string;
  readonly canary: string;
  readonly last: string;
  readonly to?: string;
  readonly tolerance: string;
  readonly confidence: string;
  readonly output: string;
}

interface Compared {
  readonly pairs: readonly CanaryPair[];
  readonly from: number;
  readonly to: number;
}

/** Steps that are read, at most: four weeks of 15 s. */
const mostSteps = 161_280;

function share(flag: string, text: string): number {
  const value = text.trim().endsWith('%') ? Number(text.trim().slice(0, -1)) / 100 : Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw new InputError(`${flag} ${text}: must be a share like 0.1 or 10%`);
}

function matchers(flag: string, text: string): string {
  try {
    addMatchers('up', text);
  } catch (error) {
    const example = `'service="checkout",version="v2"'`;
    throw new InputError(
      `${flag} ${text}: not matchers as ${example} (${error instanceof Error ? error.message : error})`,
    );
  }
  if (text.trim() !== '') return text;
  throw new InputError(`${flag}: matchers that tell the version are needed, as 'version="v2"'`);
}

function rangeOf({ last, to: until }: Flags, step: number): { from: number; to: number } {
  const asked = until === undefined ? Date.now() - step : parseTimestamp(until);
  if (Number.isNaN(asked))
    throw new InputError(`--to ${until}: not a timestamp; write ISO 8601 or Unix seconds`);
  let span: number;
  try {
    span = parseDuration(last);
  } catch {
    throw new InputError(`--last ${last}: not a duration like 30m`);
  }
  const steps = span / step;
  if (steps < 1 || steps > mostSteps)
    throw new InputError(
      `--last ${last}: is ${Math.floor(steps)} steps of ${formatDuration(step)}; 1 to ${mostSteps} are compared`,
    );
  const to = Math.floor(asked / step) * step;
  return { from: to - span, to };
}

async function fromSources(flags: Flags, file: string): Promise<Compared> {
  const { config, packs } = loadOrExplain(file);
  const range = rangeOf(flags, config.global.step);
  const question = {
    baseline: matchers('--baseline', flags.baseline),
    canary: matchers('--canary', flags.canary),
    ...range,
  };
  const sources = createSources(config, createMetrics());
  try {
    const pairs: CanaryPair[] = [];
    for (const pack of packs.filter(({ spec }) => spec.reads === 'metrics'))
      for (const { source } of sources.all.filter(({ name }) => pack.sources.includes(name)))
        for (const watch of pack.classes) pairs.push(...(await readPairs(source, watch, question)));
    return { pairs, ...range };
  } finally {
    await sources.close();
  }
}

/** Signals of two files by their names; rows are paired by their place, as both versions ran at the same time. */
function fromFiles({ baseline, canary }: Flags): Compared {
  const before = parseMetricsCsv(readText(baseline), baseline);
  const after = parseMetricsCsv(readText(canary), canary);
  if (before.t.length === 0)
    throw new InputError(`${baseline}: has no row; there is nothing to compare with`);
  const pairs = before.signals.flatMap((name, k): CanaryPair[] => {
    const at = after.signals.indexOf(name);
    if (at < 0) return [];
    const own = { class: '', name, kind: 'errors', unit: 'short', bad: 'high', floor: 0 } as const;
    return [{ ...own, baseline: before.columns[k]!, canary: atTimes(before.t, after.t, after.columns[at]!) }];
  });
  if (pairs.length === 0)
    throw new InputError(`${baseline} and ${canary} have no column of the same name beside timestamp`);
  return { pairs, from: before.t[0] ?? Number.NaN, to: before.t.at(-1) ?? Number.NaN };
}

function atTimes(wanted: Float64Array, t: Float64Array, v: Float64Array): Float64Array {
  const known = new Map(Array.from(t, (time, i) => [time, v[i]!]));
  return wanted.map(time => known.get(time) ?? Number.NaN);
}

function signed(value: number, unit: string): string {
  return value < 0 ? `-${sayValue(-value, unit)}` : `+${sayValue(value, unit)}`;
}

function line({ class: of, name, unit, comparison }: ComparedSignal): string {
  const { verdict, baseline, canary, lower, upper, reason } = comparison;
  const values = `${sayValue(baseline, unit)} -> ${sayValue(canary, unit)}`;
  const why = reason === '' ? `differs by ${signed(lower, unit)} to ${signed(upper, unit)}` : reason;
  return `${verdict.padEnd(6)}  ${of === '' ? '' : `${of} `}${name}: ${values}, ${why}`;
}

function summary({ verdict, signals }: CanaryResult): string {
  const order = ['worse', 'unsure', 'same'];
  const sorted = [...signals].sort(
    (a, b) => order.indexOf(a.comparison.verdict) - order.indexOf(b.comparison.verdict),
  );
  return `${[`${verdict}, ${signals.length} signals compared`, ...sorted.map(line)].join('\n')}\n`;
}

async function run(flags: Flags): Promise<void> {
  const confidence = share('--confidence', flags.confidence);
  if (confidence < 0.5) throw new InputError(`--confidence ${flags.confidence}: must be at least 0.5`);
  const tolerance = share('--tolerance', flags.tolerance);
  const compared = flags.config === undefined ? fromFiles(flags) : await fromSources(flags, flags.config);
  const result = compareAll(compared.pairs, { tolerance, confidence });
  writeText(flags.output, canaryJson(result, compared));
  process.stderr.write(summary(result));
  if (result.verdict !== 'pass') process.exitCode = exitCodes.found;
}

/** `foreshock canary`: two versions of a service judged against each other. */
export function canaryCommand(): Command {
  const command = new Command('canary')
    .description('judge a new version of a service against the old one that runs beside it')
    .option(
      '--config <file>',
      'config file: all signals of its packs are compared; without it, two CSV files',
    )
    .requiredOption('--baseline <matchers>', 'matchers of the old version, or a CSV timestamp,<signal>...')
    .requiredOption('--canary <matchers>', 'matchers of the new version, or a CSV timestamp,<signal>...')
    .option('--last <duration>', 'how much is compared', '30m')
    .option('--to <time>', 'end of what is compared (default: now)')
    .option('--tolerance <share>', 'a difference below this share of the old value never counts', '10%')
    .option('--confidence <share>', 'chance that no verdict of any signal is wrong', '0.95')
    .option('--output <file>', 'verdict and signals (JSON); - is standard output', '-')
    .action(run);
  return withHelp(command, {
    examples: [
      `canary --config foreshock.yaml --baseline 'service="checkout",version="v1"' --canary 'service="checkout",version="v2"'`,
      'canary --baseline stable.csv --canary new.csv --output verdict.json',
    ],
    exits: { ...askingExits, 0: 'the new version is not worse', 1: 'it is worse, or nobody can tell yet' },
  });
}
