import { Command } from 'commander';
import { entityName } from '../../alerts/incident-alert.ts';
import { readBatches } from '../../collectors/class-reader.ts';
import type { Labels } from '../../core/labels.ts';
import type { SeriesSource } from '../../core/series.ts';
import { createMetrics } from '../../server/metrics.ts';
import type { ClassWatch } from '../class-watch.ts';
import { exitCodes, InputError } from '../exit.ts';
import { loadOrExplain } from '../load.ts';
import type { PageRehearsal } from '../page-rehearsal.ts';
import { createSource } from '../sources.ts';
import { formatTimestamp, parseTimestamp } from '../timestamp.ts';
import { train } from '../training.ts';
import { maintenanceOf, wire } from '../wire.ts';

interface Flags {
  readonly config: string;
  readonly at: string;
}

/** So long before the moment in question every step is passed, so that episodes stand as they stood. */
const lead = 1_800_000;

/** `name=value,...` names labels exactly; a bare word is the value of any label. */
function matcherOf(text: string): (entity: Labels) => boolean {
  const pairs = text.split(',').map(part => part.split('='));
  return entity =>
    pairs.every(([name, value]) =>
      value === undefined ? Object.values(entity).includes(name!) : entity[name!] === value,
    );
}

const shown = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? 'unknown' : String(Number(value.toPrecision(4)));

function explainOne(watch: ClassWatch, entity: Labels, fpr: number): string[] {
  const anomaly = watch.explain(entity);
  const head = `${entityName(entity)} (${watch.watch.class.name})`;
  if (anomaly === undefined) return [`${head}: no model yet, there is no history`];
  const verdict =
    anomaly.state !== 'watching' ? `not judged: ${anomaly.reason}` : anomaly.p <= fpr ? 'ABNORMAL' : 'normal';
  const lines = [
    head,
    `  state   ${anomaly.state}, ${verdict}`,
    `  p       ${shown(anomaly.p)} (abnormal at ${fpr} or less)`,
  ];
  for (const { signal, share } of anomaly.shares.slice(0, 3)) {
    const band = watch.band(entity, signal, anomaly.t);
    lines.push(
      `  signal  ${signal}: share ${(100 * share).toFixed(0)} %, expected ${shown(band?.low)} to ${shown(band?.high)}`,
    );
  }
  if (anomaly.worst !== undefined)
    lines.push(`  seen    ${anomaly.worst.signal} = ${shown(anomaly.worst.value)}`);
  lines.push('  rule    pages after 3 abnormal steps of 5, in the harmful direction and beyond the floor');
  return lines;
}

async function explainWatch(
  watch: ClassWatch,
  source: SeriesSource,
  range: { t: number; training: number; pages: PageRehearsal },
): Promise<void> {
  const start = range.t - lead;
  const { training: window, pages } = range;
  await train(watch, source, { window, until: start - watch.watch.class.step, pages });
  const history = await readBatches(source, watch.watch, { start, end: range.t, entities: watch.entities });
  for (const batch of history.batches) watch.pass(batch);
}

async function explain(entity: string, flags: Flags): Promise<void> {
  const { config, packs } = loadOrExplain(flags.config);
  const { step } = config.global;
  const t = Math.floor(parseTimestamp(flags.at) / step) * step;
  if (Number.isNaN(t))
    throw new InputError(`--at ${flags.at}: not a timestamp; write ISO 8601 or Unix seconds`);
  const { source } = createSource(config.prometheus[0]!, config, createMetrics());
  const { detection, correlation } = config;
  const { watches, pages } = wire(packs, {
    detection,
    correlation,
    url: '',
    maintenance: maintenanceOf(config),
  });
  const matches = matcherOf(entity);
  let found = 0;
  try {
    for (const watch of watches) {
      await explainWatch(watch, source, { t, training: detection.training, pages });
      for (const each of watch.entities.filter(matches)) {
        found++;
        process.stdout.write(`${explainOne(watch, each, detection.fpr).join('\n')}\n`);
      }
    }
  } finally {
    await source.close();
  }
  if (found > 0) return;
  process.stderr.write(`nothing that is watched matches "${entity}" at ${formatTimestamp(t)}\n`);
  process.exitCode = exitCodes.found;
}

/** `foreshock explain`: why something paged at a moment, or why it did not. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('why an entity paged at a moment, or why it did not')
    .argument('<entity>', 'label=value,... or the value of any label')
    .requiredOption('--at <time>', 'the moment')
    .requiredOption('--config <file>', 'config file')
    .action(explain);
}
