import { Command } from 'commander';
import { readBatches } from '../../collectors/class-reader.ts';
import { scrapeIntervalOf } from '../../config/outline.ts';
import type { Suppressed } from '../../core/alert.ts';
import { formatDuration } from '../../core/duration.ts';
import { includes, type Labels } from '../../core/labels.ts';
import type { ModelVersion } from '../../core/model-version.ts';
import type { SeriesSource } from '../../core/series.ts';
import { createMetrics } from '../../server/metrics.ts';
import { type OpenModels, openModels } from '../../store/models.ts';
import { readValues } from '../../store/reader.ts';
import { networkOf } from '../backend.ts';
import { narrowed } from '../class-past.ts';
import type { ClassWatch } from '../class-watch.ts';
import { createDepartures } from '../departures.ts';
import { exitCodes, InputError } from '../exit.ts';
import { type UnlearnedClass, unlearnedLines } from '../explain-unlearned.ts';
import { explanationLines } from '../explanation.ts';
import { askingExits, withHelp } from '../help.ts';
import { historyDoubt } from '../history-doubt.ts';
import { reviveAt } from '../known-model.ts';
import { type Loaded, loadOrExplain } from '../load.ts';
import { createSources, identitiesOf } from '../sources.ts';
import { formatTimestamp, parseTimestamp } from '../timestamp.ts';
import { relearn, train } from '../training.ts';
import { maintenanceOf, type Wired, wire } from '../wire.ts';

interface Flags {
  readonly config: string;
  readonly at: string;
}

/** A revived class lives through so much before. */
const relearned = 3 * 86_400_000;
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

interface Moment {
  readonly source: SeriesSource;
  /** How often its series are sampled, ms. */
  readonly interval: number;
  /** How often samples are looked for, ms, where the source scrapes; undefined where they are counted at every step. */
  readonly scrapes: number | undefined;
  readonly t: number;
  readonly window: number;
  readonly matches: (entity: Labels) => boolean;
  /** The models that a daemon has stored, if any. */
  readonly models: OpenModels | undefined;
}

/** What a class was at a moment. */
interface Relived {
  readonly held: readonly Suppressed[];
  /** The stored model that was used; undefined = it was fitted anew. */
  readonly version: ModelVersion | undefined;
}

/** What hides the history of a class; else: the source has the class, or not, and too little history of it for a model. */
async function unlearned(
  { watch }: ClassWatch,
  seen: number,
  { t, window, source, scrapes }: Moment,
): Promise<UnlearnedClass> {
  const lately =
    seen === 0
      ? `its source has no samples of it in the ${formatDuration(lead)} before ${formatTimestamp(t)}, and no history in the ${formatDuration(window)} before that`
      : `the history of the ${seen} that its source has begins at less than ${formatDuration(lead)} before ${formatTimestamp(t)}`;
  const look = (interval: number) => historyDoubt(watch, source, { t, interval });
  const doubt = scrapes === undefined ? undefined : await look(scrapes).catch(() => undefined);
  const isSure = doubt?.kind === 'rare' || doubt?.kind === 'apart';
  return { name: watch.class.name, reason: isSure ? doubt.reason : lately };
}

/**
 * Lives through the time before `t` as the daemon would have, without telling anybody: with the model that it had then, where that
 * is stored, else with one that is fitted on the history. Undefined for a class that has nothing that matches.
 */
async function relive(
  { stages, pages }: Wired,
  watch: ClassWatch,
  moment: Moment,
): Promise<Relived | UnlearnedClass | undefined> {
  const { source, interval, t, window, matches, models } = moment;
  const { step } = watch.watch.class;
  const start = t - lead;
  const until = start - step;
  const known = models && reviveAt(watch, models, { t, from: until - relearned - step, matches });
  const used = known !== undefined && known.found > 0;
  if (used) await relearn(watch, source, { until });
  else {
    const { entities } = await readBatches(source, watch.watch, { start, end: t });
    // A class that is known to have nothing of that name is not fitted for it.
    if (known !== undefined && !entities.some(matches)) return undefined;
    await train(watch, source, { window, until, pages });
    if (!watch.fitted) return await unlearned(watch, entities.length, moment);
  }
  const { entities } = watch;
  const history = await readBatches(source, watch.watch, { start, end: t, entities });
  const own = new Set([watch.watch.class.name]);
  const departures = createDepartures(interval);
  let held: readonly Suppressed[] = [];
  for (const batch of history.batches) {
    const given = used ? narrowed(batch, entities) : batch;
    await departures.settle(watch, given, { source });
    const alerts = stages.rule.stepOf(batch.t, watch.pass(given), own);
    held = stages.holds.flatMap(hold => hold(batch.t, alerts).held);
  }
  return { held, version: used ? known.version : undefined };
}

const noStages = { rule: undefined, correlate: undefined, tell: undefined, inhibit: undefined };

function storedThresholds(directory: string): Uint8Array | undefined {
  return readValues(directory, 'stages').find(([key]) => key === 'thresholds')?.[1];
}

function modelWords(version: ModelVersion | undefined): string {
  if (version === undefined) return 'fitted on the history before that moment, as none of then is stored';
  return `version ${version.version} of ${formatTimestamp(version.at)} (${version.why}), as stored`;
}

/** Writes what decided of each entity that matches; answers how many there are, and the classes that have no model. */
async function tellAll(
  wired: Wired,
  {
    sources,
    config,
  }: { readonly sources: ReturnType<typeof createSources>; readonly config: Loaded['config'] },
  asked: Pick<Moment, 't' | 'matches' | 'models'>,
): Promise<{ readonly found: number; readonly without: readonly UnlearnedClass[] }> {
  const { detection } = config;
  const without: UnlearnedClass[] = [];
  let found = 0;
  for (const watch of wired.watches) {
    const { source, interval, name } = sources.of(watch.watch);
    const scrapes = config.prometheus.some(each => each.name === name) ? scrapeIntervalOf(config) : undefined;
    const moment = { ...asked, source, interval, scrapes, window: detection.training };
    const relived = await relive(wired, watch, moment);
    if (relived === undefined) continue;
    if ('reason' in relived) {
      without.push(relived);
      continue;
    }
    const { held, version } = relived;
    wired.thresholds.watch(watch.watch.class.name, watch.entities);
    for (const each of watch.entities.filter(asked.matches)) {
      found++;
      const standing = wired.stages.rule.standing(watch.watch.class.name, each);
      const heldBy = held.find(({ alert }) => includes(alert.labels, each))?.by;
      const lines = explanationLines({ watch, entity: each, standing, heldBy, detection });
      process.stdout.write(`${lines.join('\n')}\n  model   ${modelWords(version)}\n`);
    }
  }
  return { found, without };
}

async function explain(entity: string, flags: Flags): Promise<void> {
  const loaded = loadOrExplain(flags.config);
  const { config, packs } = loaded;
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
    stored: { ...noStages, thresholds: storedThresholds(config.storage.path) },
  });
  const models = openModels(config.storage.path);
  try {
    const asked = { t, matches: matcherOf(entity), models };
    const { found, without } = await tellAll(wired, { sources, config }, asked);
    if (found > 0) return;
    process.stderr.write(`nothing that is watched matches "${entity}" at ${formatTimestamp(t)}\n`);
    for (const line of await unlearnedLines(loaded, without)) process.stderr.write(`${line}\n`);
    process.exitCode = exitCodes.found;
  } finally {
    models?.close();
    await sources.close();
  }
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
