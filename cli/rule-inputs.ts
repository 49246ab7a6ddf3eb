import type { Config } from '../config/schema.ts';
import { declaredName } from '../core/watched-class.ts';
import { type BandClass, countEdges } from '../rules/band-rules.ts';
import type { NamedObjective } from '../rules/burn-rates.ts';
import { openModels } from '../store/models.ts';
import { type LearnedBands, learnedBands } from './band-tables.ts';
import { classSignature } from './class-signature.ts';
import { InputError } from './exit.ts';
import type { Loaded } from './load.ts';
import { identitiesOf } from './sources.ts';
import { maintenanceOf, wire } from './wire.ts';

/** What the rules of one Prometheus are made of. */
export interface RuleInputs extends LearnedBands {
  readonly packs: Loaded['packs'];
  readonly objectives: readonly NamedObjective[];
}

/** The Prometheus that is to evaluate the rules: the one that is named, else the only one. */
export function sourceOf({ prometheus }: Config, named: string | undefined): string {
  const names = prometheus.map(({ name }) => name);
  const only = names.length === 1 ? names[0] : undefined;
  const found = named === undefined ? only : names.find(name => name === named);
  if (found !== undefined) return found;
  const known = names.length === 0 ? 'the config has none' : `there are ${names.join(', ')}`;
  throw new InputError(
    named === undefined
      ? `--source: which Prometheus shall evaluate the rules? ${known}`
      : `--source ${named}: no such Prometheus; ${known}`,
  );
}

function bandsOf({ config, packs }: Loaded, source: string): LearnedBands {
  const { detection, correlation, storage } = config;
  const sources = identitiesOf(config);
  const wired = wire(packs, { detection, correlation, url: '', maintenance: maintenanceOf(config), sources });
  const watches = wired.watches.filter(({ watch }) => watch.source?.name === source);
  const models = openModels(storage.path);
  if (models === undefined)
    return {
      classes: [],
      left: [{ class: 'all classes', reason: `no models are stored in ${storage.path}` }],
    };
  try {
    return learnedBands(watches, models, { signature: classSignature, overrides: detection.overrides });
  } finally {
    models.close();
  }
}

function objectivesOf(packs: Loaded['packs'], classes: ReadonlyMap<string, string>): NamedObjective[] {
  return packs.flatMap(({ pack, objectives, classes: watched }) =>
    objectives.map(spec => {
      const declared = `${pack}/${spec.class}`;
      const found = watched.find(each => each.class.name === declared);
      const of = found && {
        name: classes.get(declared) ?? declared,
        entityLabels: found.entityLabels,
      };
      return { name: `${pack}/${spec.name}`, spec, class: of };
    }),
  );
}

/** Packs and models of a config as far as one Prometheus can evaluate them; what foreshock counts of logs it cannot. */
export function ruleInputs(loaded: Loaded, source: string): RuleInputs {
  const packs = loaded.packs.filter(
    ({ spec, sources }) => spec.reads === 'metrics' && sources.includes(source),
  );
  const bands = bandsOf({ ...loaded, packs }, source);
  const identity = identitiesOf(loaded.config).find(({ name }) => name === source);
  const named = new Map(
    packs.flatMap(({ classes }) =>
      classes.map(each => [declaredName(each), `${each.class.name}${identity?.suffix ?? ''}`] as const),
    ),
  );
  const standalone = loaded.objectives.map(spec => ({ name: `openslo/${spec.name}`, spec }));
  return { ...bands, packs, objectives: [...objectivesOf(packs, named), ...standalone] };
}

/** The classes as long as there is room for the rules of their bands; the rest is left out, with the reason. */
export function withinRules({ classes, left }: LearnedBands, most: number): LearnedBands {
  const taken: BandClass[] = [];
  const over: { class: string; reason: string }[] = [];
  let room = most;
  for (const each of classes) {
    const needed = countEdges(each);
    if (needed > room)
      over.push({
        class: each.name,
        reason: `its ${needed} rules are more than --max-rules leaves (${room})`,
      });
    else {
      taken.push(each);
      room -= needed;
    }
  }
  return { classes: taken, left: [...left, ...over] };
}
