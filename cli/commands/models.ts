import { userInfo } from 'node:os';
import { Command } from 'commander';
import type { ModelVersion } from '../../core/model-version.ts';
import { appendAudit } from '../../store/audit.ts';
import { type OpenModels, openModels } from '../../store/models.ts';
import { classSignature } from '../class-signature.ts';
import type { ClassWatch } from '../class-watch.ts';
import { exitCodes, InputError } from '../exit.ts';
import { writeBytes } from '../files.ts';
import { usualExits, withHelp } from '../help.ts';
import { type Loaded, loadOrExplain } from '../load.ts';
import { classToOnnx } from '../model-export.ts';
import { detectorLines, entityLines, raceLines, table } from '../model-tables.ts';
import { identitiesOf } from '../sources.ts';
import { formatTimestamp } from '../timestamp.ts';
import { maintenanceOf, wire } from '../wire.ts';

interface Flags {
  readonly config: string;
}

interface RollbackFlags extends Flags {
  readonly to?: string;
}

interface ExportFlags extends Flags {
  readonly class: string;
  readonly format: string;
  readonly output: string;
}

/** What a command about models works on; the store may be open in a daemon. */
interface Opened {
  readonly models: OpenModels;
  /** Folder of the store. */
  readonly directory: string;
  readonly watches: readonly ClassWatch[];
}

function watchesOf({ config, packs }: Loaded): readonly ClassWatch[] {
  const { detection, correlation } = config;
  const sources = identitiesOf(config);
  return wire(packs, { detection, correlation, url: '', maintenance: maintenanceOf(config), sources })
    .watches;
}

function withModels(flags: Flags, body: (opened: Opened) => void): void {
  const loaded = loadOrExplain(flags.config);
  const models = openModels(loaded.config.storage.path);
  if (models === undefined)
    throw new InputError(
      `${loaded.config.storage.path}: no models are stored here; "foreshock run" makes them; see storage.path in ${flags.config}`,
    );
  try {
    body({ models, directory: loaded.config.storage.path, watches: watchesOf(loaded) });
  } finally {
    models.close();
  }
}

function watchOf({ watches }: Opened, name: string): ClassWatch {
  const watch = watches.find(each => each.watch.class.name === name);
  if (watch !== undefined) return watch;
  const names = watches.map(each => each.watch.class.name).join(', ');
  throw new InputError(`class ${name}: not in the config; there are ${names}`);
}

/** The last refusal of a class, on the line of the model that stays in use. */
function refusalOf(refusals: ReturnType<OpenModels['refusals']>, name: string): string {
  const refusal = refusals.find(each => each.class === name);
  return refusal === undefined ? '' : `; refused at ${formatTimestamp(refusal.at)}: ${refusal.reason}`;
}

/** Whether the class can go on with a version, in words. */
function useOf(version: ModelVersion, newest: number, watch: ClassWatch | undefined): string {
  if (watch === undefined) return 'not in the config';
  if (version.signature !== classSignature(watch)) return 'other signals or options';
  return version.version === newest ? 'in use' : 'kept';
}

function list(flags: Flags): void {
  withModels(flags, ({ models, watches }) => {
    const versions = models.versions();
    // Of a class the newest comes last.
    const newestOf = new Map(versions.map(({ class: name, version }) => [name, version]));
    const refusals = models.refusals();
    const rows = versions.map(version => {
      const watch = watches.find(each => each.watch.class.name === version.class);
      const newest = newestOf.get(version.class) ?? 0;
      const { class: name, at, why, rows: batches, entities, t, race } = version;
      const use = useOf(version, newest, watch);
      const refusal = version.version === newest ? refusalOf(refusals, name) : '';
      const numbers = [String(batches), String(entities)];
      return [
        name,
        String(version.version),
        formatTimestamp(at),
        why,
        ...numbers,
        formatTimestamp(t),
        race === undefined ? '-' : race.toFixed(3),
        `${use}${refusal}`,
      ];
    });
    const head = ['CLASS', 'VERSION', 'AT', 'WHY', 'ROWS', 'ENTITIES', 'LEARNED UNTIL', 'RACE', 'USE'];
    process.stdout.write(table([head, ...rows]));
  });
}

function showClass({ models }: Opened, watch: ClassWatch): void {
  const { name } = watch.watch.class;
  const newest = models.versions(name).at(-1);
  if (newest === undefined) {
    process.stdout.write(`${name}: no stored model\n`);
    process.exitCode = exitCodes.found;
    return;
  }
  const { version, at, why, t, rows, entities } = newest;
  const bytes = models.bytes(name, version) ?? new Uint8Array();
  try {
    watch.restore({ t, rows, entities, bytes });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${name}: model ${version} cannot be read (${reason})\n`);
    process.exitCode = exitCodes.found;
    return;
  }
  const refusal = refusalOf(models.refusals(), name);
  const learned = `learned until ${formatTimestamp(t)}, ${bytes.length} bytes`;
  process.stdout.write(`${name}: model ${version} (${why}) of ${formatTimestamp(at)}${refusal}\n`);
  process.stdout.write(`  fitted on ${rows} rows of history, ${learned}\n`);
  if (newest.signature !== classSignature(watch))
    process.stdout.write('  made for other signals or options than the config has: it is not used\n');
  const { model } = watch;
  if (model !== undefined)
    process.stdout.write(`\n${detectorLines(model)}\n${raceLines(model)}\n${entityLines(watch)}\n`);
}

function show(name: string | undefined, flags: Flags): void {
  withModels(flags, opened => {
    const shown = name === undefined ? opened.watches : [watchOf(opened, name)];
    for (const watch of shown) showClass(opened, watch);
  });
}

/** The version to go back to: the one that is named, else the one before the newest. */
function wantedVersion(
  versions: readonly ModelVersion[],
  name: string,
  to: string | undefined,
): ModelVersion {
  const known = versions.map(({ version }) => version).join(', ');
  if (versions.length === 0) throw new InputError(`class ${name} has no stored model`);
  const found = to === undefined ? versions.at(-2) : versions.find(each => String(each.version) === to);
  if (found !== undefined) return found;
  throw new InputError(
    to === undefined
      ? `class ${name} has one model only: there is none to go back to`
      : `--to ${to}: class ${name} has the versions ${known}`,
  );
}

function rollback(name: string, flags: RollbackFlags): void {
  withModels(flags, opened => {
    const { models } = opened;
    const watch = watchOf(opened, name);
    const from = wantedVersion(models.versions(name), name, flags.to);
    const bytes = models.bytes(name, from.version);
    if (bytes === undefined || from.signature !== classSignature(watch))
      throw new InputError(
        `class ${name}: model ${from.version} was made for other signals or options than the config has`,
      );
    const at = Date.now();
    const version = models.add({ ...from, at, why: 'rollback' }, bytes);
    appendAudit(opened.directory, [
      {
        at,
        actor: userInfo().username,
        action: 'model-rolled-back',
        message: `${name}: model ${from.version} is taken back as model ${version}`,
        details: { class: name, from: from.version, version },
      },
    ]);
    process.stdout.write(
      `${name}: model ${from.version} is taken back as model ${version}. A running foreshock goes on with it within ten minutes, or at once after a reload; it is renewed a day from now as usual\n`,
    );
  });
}

function exportModel(flags: ExportFlags): void {
  if (flags.format !== 'onnx') throw new InputError(`--format ${flags.format}: there is onnx`);
  withModels(flags, opened => {
    const watch = watchOf(opened, flags.class);
    const newest = opened.models.versions(flags.class).at(-1);
    const bytes = newest && opened.models.bytes(flags.class, newest.version);
    if (newest === undefined || bytes === undefined)
      throw new InputError(`class ${flags.class} has no stored model`);
    if (newest.signature !== classSignature(watch))
      throw new InputError(
        `class ${flags.class}: model ${newest.version} was made for other signals or options than the config has`,
      );
    watch.restore({ ...newest, bytes });
    const model = watch.model;
    if (model === undefined) throw new InputError(`class ${flags.class}: model ${newest.version} is empty`);
    writeBytes(flags.output, classToOnnx(model, flags.class));
    process.stderr.write(
      `${flags.class}: the autoencoder of model ${newest.version} is in ${flags.output}\n`,
    );
  });
}

const configFlag = ['--config <file>', 'config file'] as const;
const missingExits = { ...usualExits, 1: 'the class has no model that can be read' } as const;

function listCommand(): Command {
  const command = new Command('list')
    .description('every version of every class: when, why, of how much, what it reaches in the race')
    .requiredOption(...configFlag)
    .action(list);
  return withHelp(command, { examples: ['models list --config foreshock.yaml'], exits: usualExits });
}

function showCommand(): Command {
  const command = new Command('show')
    .argument('[class]')
    .description(
      'the newest model of a class, or of all: detectors, weights, held-out scores, the race, entities and their states',
    )
    .requiredOption(...configFlag)
    .action(show);
  const examples = ['models show service/service --config foreshock.yaml'];
  return withHelp(command, { examples, exits: missingExits });
}

function exportCommand(): Command {
  const command = new Command('export')
    .description('write the autoencoder of a class for other runtimes, with the baselines of its entities')
    .requiredOption(...configFlag)
    .requiredOption('--class <name>', 'class, as models list names it')
    .requiredOption('--output <file>', 'file to write; - is standard output')
    .option('--format <name>', 'onnx', 'onnx')
    .action(exportModel);
  const examples = [
    'models export --config foreshock.yaml --class service/service --format onnx --output service.onnx',
  ];
  return withHelp(command, { examples, exits: usualExits });
}

function rollbackCommand(): Command {
  const command = new Command('rollback')
    .argument('<class>')
    .description('go back to an earlier model; a running foreshock takes it up')
    .requiredOption(...configFlag)
    .option('--to <version>', 'version to go back to; the one before the newest when not given')
    .action(rollback);
  const examples = ['models rollback service/service --config foreshock.yaml --to 3'];
  return withHelp(command, { examples, exits: usualExits });
}

/** `foreshock models list|show|export|rollback`: what was learned, for others, and back to what was learned before. */
export function modelsCommand(): Command {
  const models = new Command('models')
    .description('the stored models of the classes')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(exportCommand())
    .addCommand(rollbackCommand());
  return withHelp(models, { examples: ['models list --config foreshock.yaml'], exits: usualExits });
}
