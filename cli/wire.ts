import { parseBudget } from '../alerts/budget.ts';
import { type ClassRules, createClassRules } from '../alerts/class-rules.ts';
import { createInhibit, type Inhibit, type InhibitRule } from '../alerts/inhibit.ts';
import { createMaintenance, type MaintenanceOptions } from '../alerts/maintenance.ts';
import { createMute, overrideFor } from '../alerts/overrides.ts';
import { createPageThresholds, type PageThresholds } from '../alerts/page-threshold.ts';
import type { RuleOptions } from '../alerts/rule.ts';
import { createSilenceHold, type SilenceHold } from '../alerts/silence.ts';
import { type IsOff, switchable } from '../alerts/switchable.ts';
import { createTeller, type LookedAfter, type Teller } from '../alerts/tell.ts';
import type { ResolvedPack } from '../config/resolve.ts';
import type { Config } from '../config/schema.ts';
import type { Labels } from '../core/labels.ts';
import type { NetworkMaker } from '../core/network.ts';
import type { PipelineStages } from '../core/pipeline.ts';
import type { Silence } from '../core/silence.ts';
import { atSource, type SourceIdentity, type WatchedClass } from '../core/watched-class.ts';
import { type Correlator, correlatorFromBytes, createCorrelator } from '../correlators/group.ts';
import { groupingRule } from '../correlators/regret-rules.ts';
import type { HeldFor } from '../correlators/result.ts';
import { detectors } from '../detectors/index.ts';
import { ClassWatch } from './class-watch.ts';
import type { ClassWatchOptions } from './class-watch-options.ts';
import { detectorChoice } from './detector-choice.ts';
import { createPageRehearsal, type PageRehearsal } from './page-rehearsal.ts';
import { resume, type Unreadable } from './resume.ts';

/** What the passes of a run share, and what is stored between them. */
export interface Wired {
  readonly watches: readonly ClassWatch[];
  readonly thresholds: PageThresholds;
  readonly pages: PageRehearsal;
  /** The first of the stages that hold back. */
  readonly inhibit: Inhibit;
  /** The second. */
  readonly silence: SilenceHold;
  readonly stages: PipelineStages & {
    readonly rule: ClassRules;
    readonly correlate: Correlator;
    readonly tell: Teller;
  };
}

/** States of the stages as they were stored; a part that is not there starts empty. */
export interface StoredStages {
  readonly rule: Uint8Array | undefined;
  readonly correlate: Uint8Array | undefined;
  readonly tell: Uint8Array | undefined;
  readonly thresholds: Uint8Array | undefined;
  readonly inhibit: Uint8Array | undefined;
  readonly silence?: Uint8Array | undefined;
}

export interface WireOptions {
  readonly detection: Pick<Config['detection'], 'fpr' | 'budget' | 'detectors' | 'overrides'>;
  readonly correlation: Config['correlation'];
  readonly url: string;
  /** Template of the addresses of runbooks, with `{alert}`; our own pages unless given. */
  readonly runbooks?: string | undefined;
  /** Where the dashboard of an incident is; its page unless given. */
  readonly dashboard?: ((id: string) => string) | undefined;
  readonly maintenance: MaintenanceOptions;
  readonly inhibit?: readonly InhibitRule[];
  /** The silences that hold now. */
  readonly silences?: () => readonly Silence[];
  /** Whether a rule that holds alerts back is switched off, as it earned regret. */
  readonly isOff?: IsOff;
  /** Told of an entity that would have paged, had nobody rejected an incident of its service. */
  readonly heldByBudget?: (entity: Labels) => void;
  /** Labels that every alert of ours carries. */
  readonly externalLabels?: Labels;
  /** Whether a person has an incident, or called it false. */
  readonly lookedAfter?: LookedAfter;
  /** Where each class is asked, once a source; left out = one place that needs no name. */
  readonly sources?: readonly SourceIdentity[];
  readonly stored?: StoredStages;
  /** What computes neural networks, where the config asks for another backend; see `networkOf`. */
  readonly network?: NetworkMaker | undefined;
  /** Told of a stage whose stored state cannot be read; it starts empty. */
  readonly unreadable?: Unreadable<keyof StoredStages>;
}

function ruleOptionsOf(
  watches: readonly ClassWatch[],
  thresholds: PageThresholds,
  { url, heldByBudget = () => undefined, detection: { fpr, overrides } }: WireOptions,
): RuleOptions {
  const specs = new Map(
    watches.flatMap(({ watch }) =>
      watch.class.signals.map(spec => [`${watch.class.name} ${spec.name}`, spec]),
    ),
  );
  return {
    fpr,
    open: 3,
    of: 5,
    close: 12,
    clear: Math.min(0.2, 5 * fpr),
    severity: 'warning',
    url,
    threshold: (name, entity) => thresholds.of(name, entity),
    excursion: (name, peak, entity) => {
      thresholds.add(name, peak);
      if (peak >= thresholds.unspent(name, entity)) heldByBudget(entity);
    },
    signal: (name, signal, entity) => {
      const spec = specs.get(`${name} ${signal}`);
      if (spec === undefined) return undefined;
      const { fpr: rate, floor = spec.floor } = overrideFor(overrides, { ...entity, class: name }, signal);
      return { ...spec, floor, ...(rate === undefined ? {} : { fpr: rate }) };
    },
  };
}

/** Each class once for every source that its pack is asked from. */
function classesOf(
  packs: readonly ResolvedPack[],
  sources: readonly SourceIdentity[],
): readonly WatchedClass[] {
  return packs.flatMap(({ classes, sources: asked }) =>
    classes.flatMap(each =>
      sources.length === 0
        ? [each]
        : sources.filter(({ name }) => asked.includes(name)).map(source => atSource(each, source)),
    ),
  );
}

/** Which detectors watch, with what options, computed by what. */
function detectorOptions({
  detection,
  network,
}: WireOptions): Pick<ClassWatchOptions, 'detectors' | 'options' | 'network'> {
  const known = detectors.map(({ name }) => name);
  const { names, options } = detectorChoice(detection.detectors, known);
  return {
    ...(names === undefined ? {} : { detectors: names }),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(network === undefined ? {} : { network }),
  };
}

/** The one place where packs, detectors, rules and the correlator meet: each line a call, not logic. */
export function wire(packs: readonly ResolvedPack[], options: WireOptions): Wired {
  const { fpr, overrides } = options.detection;
  const { isOff = () => false, lookedAfter = () => false } = options;
  const watches = classesOf(packs, options.sources ?? []).map(
    each => new ClassWatch(each, { fpr, seed: 1, ...detectorOptions(options) }),
  );
  const { url, runbooks, dashboard, externalLabels = {}, stored, unreadable } = options;
  const links = { url, lookedAfter, ...(runbooks && { runbooks }), ...(dashboard && { dashboard }) };
  const goOn = <T>(name: keyof StoredStages, make: (state: Uint8Array | undefined) => T): T =>
    resume({ name, state: stored?.[name] }, make, unreadable);
  const inhibit = goOn('inhibit', stored => createInhibit(options.inhibit ?? [], { stored, isOff }));
  const silence = goOn('silence', stored => createSilenceHold(options.silences ?? (() => []), stored));
  const holds = [
    inhibit,
    silence,
    switchable(createMute(overrides), isOff),
    switchable(createMaintenance(options.maintenance), isOff),
  ];
  const thresholds = goOn('thresholds', state =>
    createPageThresholds(parseBudget(options.detection.budget), state),
  );
  const ruleOptions = ruleOptionsOf(watches, thresholds, options);
  const watched = new Set(watches.map(each => each.watch.class.name));
  const rule = goOn('rule', state => createClassRules(ruleOptions, watched, state));
  const { group_wait: groupWait, window, resolve_after: resolveAfter } = options.correlation;
  const isKindOff = (kind: HeldFor) => isOff(groupingRule(kind) ?? '');
  const grouping = { groupWait, window, resolveAfter, isOff: isKindOff };
  const correlate = goOn('correlate', state =>
    state === undefined ? createCorrelator(grouping) : correlatorFromBytes(state, grouping),
  );
  const tell = goOn('tell', state => createTeller({ ...links, externalLabels }, state));
  return {
    watches,
    thresholds,
    inhibit,
    silence,
    pages: createPageRehearsal(ruleOptions, thresholds),
    stages: { rule, holds, correlate, tell },
  };
}

/** The times in which nothing of ours is told, as the config names them. */
export function maintenanceOf({
  time_intervals: intervals,
  maintenance: active,
}: Config): MaintenanceOptions {
  return { intervals, active };
}
