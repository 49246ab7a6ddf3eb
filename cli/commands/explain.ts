import { Command } from 'commander';
import { readBatches } from '../../collectors/class-reader.ts';
import type { Suppressed } from '../../core/alert.ts';
import { includes, type Labels } from '../../core/labels.ts';
import type { SeriesSource } from '../../core/series.ts';
import { createMetrics } from '../../server/metrics.ts';
import { networkOf } from '../backend.ts';
import type { ClassWatch } from '../class-watch.ts';
import { exitCodes, InputError } from '../exit.ts';
import { explanationLines } from '../explanation.ts';
import { askingExits, withHelp } from '../help.ts';
import { loadOrExplain } from '../load.ts';
import { createSources, identitiesOf } from '../sources.ts';
import { formatTimestamp, parseTimestamp } from '../timestamp.ts';
import { train } from '../training.ts';
import { maintenanceOf, type Wired, wire } from '../wire.ts';

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

/** Lives through the time before `t` as the daemon would have, without telling anybody. */
async function relive(
  { stages, pages }: Wired,
  watch: ClassWatch,
  range: { readonly source: SeriesSource; readonly t: number; readonly window: number },
): Promise<readonly Suppressed[]> {
  const { source, t, window } = range;
  const start = t - lead;
  await train(watch, source, { window, until: start - watch.watch.class.step, pages });
  const history = await readBatches(source, watch.watch, { start, end: t, entities: watch.entities });
  const own = new Set([watch.watch.class.name]);
  let held: readonly Suppressed[] = [];
  for (const batch of history.batches) {
    const alerts = stages.rule.stepOf(batch.t, watch.pass(batch), own);
    held = stages.holds.flatMap(hold => hold(batch.t, alerts).held);
  }
  return held;
}

async function explain(entity: string, flags: Flags): Promise<void> {
  const { config, packs } = loadOrExplain(flags.config);
  const { step } = config.global;
  const t = Math.floor(parseTimestamp(flags.at) / step) * step;
  if (Number.isNaN(t))
    throw new InputError(`--at ${flags.at}: not a timestamp; write ISO 8601 or Unix seconds`);
  const sources = createSources(config, createMetrics());
  const { detection, correlation } = config;
  const wired = wire(packs, {
    detection,
    correlation,
    url: '',
    maintenance: maintenanceOf(config),
    inhibit: config.inhibit_rules,
    sources: identitiesOf(config),
    network: await networkOf(config),
  });
  const matches = matcherOf(entity);
  let found = 0;
  try {
    for (const watch of wired.watches) {
      const { source } = sources.of(watch.watch);
      const held = await relive(wired, watch, { source, t, window: detection.training });
      wired.thresholds.watch(watch.watch.class.name, watch.entities);
      for (const each of watch.entities.filter(matches)) {
        found++;
        const standing = wired.stages.rule.standing(watch.watch.class.name, each);
        const heldBy = held.find(({ alert }) => includes(alert.labels, each))?.by;
        const lines = explanationLines({ watch, entity: each, standing, heldBy, detection });
        process.stdout.write(`${lines.join('\n')}\n`);
      }
    }
  } finally {
    await sources.close();
  }
  if (found > 0) return;
  process.stderr.write(`nothing that is watched matches "${entity}" at ${formatTimestamp(t)}\n`);
  process.exitCode = exitCodes.found;
}

/** `foreshock explain`: why something paged at a moment, or why it did not. */
export function explainCommand(): Command {
  const command = new Command('explain')
    .description('why an entity paged at a moment, or why it did not')
    .argument('<entity>', 'label=value,... or the value of any label')
    .requiredOption('--at <time>', 'the moment')
    .requiredOption('--config <file>', 'config file')
    .action(explain);
  return withHelp(command, {
    examples: [
      'explain checkout --at 2026-03-01T10:05:00Z --config foreshock.yaml',
      'explain service=checkout,instance=10.0.0.1:80 --at 1772359500 --config foreshock.yaml',
    ],
    exits: { ...askingExits, 1: 'nothing that is watched matches' },
  });
}
