import { formatDuration } from '../core/duration.ts';
import type { Labels } from '../core/labels.ts';
import { pick } from '../core/labels.ts';
import type { SignalSpec } from '../core/pack.ts';
import { sayEntity, saySignal } from '../core/say-name.ts';
import { encodeHours, type HourTable, hoursExpr } from './hour-table.ts';
import type { Rule, RuleGroup } from './rule-file.ts';
import { literal, valueTemplate } from './template-text.ts';

/** What a model expects of one signal of one entity: 168 values each, by hour of the week from Thursday 0:00 UTC on. */
export interface BandCell {
  readonly entity: Labels;
  readonly signal: string;
  /** Smallest deviation worth an alert of this entity; the signal's where it is left out. */
  readonly floor?: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** The learned bands of a class, and the queries that its signals are asked with. */
export interface BandClass {
  readonly name: string;
  readonly entityLabels: readonly string[];
  readonly signals: readonly { readonly spec: SignalSpec; readonly query: string }[];
  /** Until when the model has learned, ms. */
  readonly learnedUntil: number;
  readonly cells: readonly BandCell[];
}

/** How the rules of bands alert. */
export interface BandOptions {
  /** How long a value must be outside, ms. */
  readonly for: number;
  /** How often values are recorded and judged, ms: at most 4 minutes, else they are stale between two evaluations. */
  readonly interval: number;
  /** The alerts are quiet while Prometheus reaches this job; undefined = never. */
  readonly standby: string | undefined;
  /** Annotations that lead from an alert to its page. */
  readonly runbook: (alert: string) => Labels;
}

/** Models older than this, ms, are told: what is normal has moved on. */
const outdatedAfter = 14 * 86_400_000;
/** Bands move by the hour, so they are recorded less often than values; after 5 minutes a sample is stale, ms. */
const slowest = 180_000;
/** Rules of a group are evaluated one after the other, groups beside each other; at most so many, of so many letters. */
const mostOfGroup = { rules: 500, letters: 200_000 };
/** A recorded edge of a band differs from the model's by this share of it at most, or of the signal's floor. */
export const bandTolerance = 0.02;

/** One edge of a band, by hour of the week, as its rule says it. */
export function bandTable(values: Float64Array, { floor }: Pick<SignalSpec, 'floor'>): HourTable {
  return encodeHours(values, value => bandTolerance * Math.max(Math.abs(value), floor));
}

/** The edges of a cell that its signal's bad direction asks for, as rules. */
function edgeRules(
  cell: BandCell,
  { spec, name }: { readonly spec: SignalSpec; readonly name: string },
): Rule[] {
  const labels = { ...cell.entity, class: name, signal: cell.signal };
  const rule = (edge: string, values: Float64Array): Rule => ({
    record: `foreshock:band_${edge}`,
    expr: hoursExpr(bandTable(values, spec)),
    labels,
  });
  return [
    ...(spec.bad === 'high' ? [] : [rule('lower', cell.lower)]),
    ...(spec.bad === 'low' ? [] : [rule('upper', cell.upper)]),
    ...(cell.floor === undefined
      ? []
      : [{ record: 'foreshock:band_floor', expr: `vector(${cell.floor})`, labels }]),
  ];
}

/** How many rules of edges, and of floors of their own, a class needs. */
export function countEdges({ cells, signals }: BandClass): number {
  const both = new Set(signals.filter(({ spec }) => spec.bad === 'both').map(({ spec }) => spec.name));
  const edges = ({ signal, floor }: BandCell) => (both.has(signal) ? 2 : 1) + (floor === undefined ? 0 : 1);
  return cells.reduce((sum, cell) => sum + edges(cell), 0);
}

function valueRule({ name, entityLabels }: BandClass, signal: BandClass['signals'][number]): Rule {
  return {
    record: 'foreshock:signal',
    expr: `max by (${entityLabels.join(', ')}) (${signal.query})`,
    labels: { class: name, signal: signal.spec.name },
  };
}

/** Outside of the band by more than the floor: the entity's own where one is recorded, else the signal's. */
function outside({ bad, floor, name }: SignalSpec, { name: className, cells }: BandClass): string {
  const of = `{class=${JSON.stringify(className)},signal="${name}"}`;
  const own = cells.some(cell => cell.signal === name && cell.floor !== undefined);
  const margin = (sign: string, edge: string) => {
    if (own) return ` ${sign} (foreshock:band_floor${of} or 0 * ${edge} + ${floor})`;
    return floor === 0 ? '' : ` ${sign} ${floor}`;
  };
  const [upper, lower] = [`foreshock:band_upper${of}`, `foreshock:band_lower${of}`];
  const high = `foreshock:signal${of} > ${upper}${margin('+', upper)}`;
  const low = `foreshock:signal${of} < ${lower}${margin('-', lower)}`;
  if (bad === 'both') return `(${high} or ${low})`;
  return `(${bad === 'high' ? high : low})`;
}

/** Nothing while a Prometheus reaches foreshock, which then tells by itself. */
function standingBy(expr: string, job: string | undefined): string {
  return job === undefined ? expr : `${expr} unless on () (up{job=${JSON.stringify(job)}} == 1)`;
}

/** How an alert over bands names its entity and what it says; the same templates for all entities of a class. */
export function bandAnnotations(
  { entityLabels }: Pick<BandClass, 'entityLabels'>,
  spec: SignalSpec,
  options: Pick<BandOptions, 'for' | 'runbook'>,
): Labels {
  const named = Object.fromEntries(entityLabels.map(label => [label, `{{ $labels.${label} }}`]));
  const side = { high: 'above', low: 'below', both: 'outside' }[spec.bad];
  const what = `${saySignal(spec.name)} of ${sayEntity(named)}`;
  const about = spec.about === '' ? '' : ` ${literal(spec.about)}`;
  return {
    summary: `${what} is ${side} what is expected at this hour of the week.`,
    description: `It is ${valueTemplate(spec.unit)}, ${side} the band that foreshock has learned, for ${formatDuration(options.for)}.${about}`,
    signal_kind: spec.kind,
    ...options.runbook('ForeshockBandExceeded'),
  };
}

/** Labels of an alert over bands beside those of its entity. */
export function bandAlertLabels(className: string, spec: SignalSpec): Labels {
  return { severity: 'warning', generator: 'foreshock', class: className, signal: spec.name };
}

function bandAlert(of: BandClass, spec: SignalSpec, options: BandOptions): Rule {
  return {
    alert: 'ForeshockBandExceeded',
    expr: standingBy(outside(spec, of), options.standby),
    for: formatDuration(options.for),
    labels: bandAlertLabels(of.name, spec),
    annotations: bandAnnotations(of, spec, options),
  };
}

function outdated(classes: readonly BandClass[], { runbook }: BandOptions): RuleGroup {
  const ages = classes.map(
    ({ name, learnedUntil }): Rule => ({
      record: 'foreshock:bands_learned_timestamp_seconds',
      expr: `vector(${Math.floor(learnedUntil / 1000)})`,
      labels: { class: name },
    }),
  );
  const told: Rule = {
    alert: 'ForeshockBandsOutdated',
    expr: `time() - foreshock:bands_learned_timestamp_seconds > ${outdatedAfter / 1000}`,
    for: '1h',
    labels: { severity: 'warning', generator: 'foreshock' },
    annotations: {
      summary: 'The recorded bands of {{ $labels.class }} are outdated.',
      description:
        'They were learned {{ $value | humanizeDuration }} ago. Write the rules anew with "foreshock rules build".',
      ...runbook('ForeshockBandsOutdated'),
    },
  };
  return { name: 'foreshock bands', rules: [...ages, told] };
}

function partsOf(rules: readonly Rule[]): readonly (readonly Rule[])[] {
  const parts: Rule[][] = [];
  let letters = 0;
  for (const rule of rules) {
    const last = parts.at(-1);
    const size = rule.expr.length + JSON.stringify(rule.labels).length;
    const fits = letters + size <= mostOfGroup.letters && (last?.length ?? 0) < mostOfGroup.rules;
    if (last !== undefined && fits) last.push(rule);
    else parts.push([rule]);
    letters = last !== undefined && fits ? letters + size : size;
  }
  return parts;
}

/**
 * Rules that detect without foreshock: the learned band of each signal of each entity as a series, the signals as series,
 * and alerts where a value lies outside by more than its floor. Classes without cells are left out.
 */
export function bandGroups(all: readonly BandClass[], options: BandOptions): readonly RuleGroup[] {
  const classes = all.filter(({ cells }) => cells.length > 0);
  if (classes.length === 0) return [];
  const interval = formatDuration(options.interval);
  const slower = formatDuration(Math.max(options.interval, Math.min(3 * options.interval, slowest)));
  const groups = classes.flatMap(each => {
    const specs = new Map(each.signals.map(signal => [signal.spec.name, signal]));
    const known = [...new Set(each.cells.map(({ signal }) => signal))].flatMap(name => specs.get(name) ?? []);
    const edges = each.cells.flatMap(cell => {
      const signal = specs.get(cell.signal);
      const entity = pick(cell.entity, each.entityLabels);
      return signal === undefined
        ? []
        : edgeRules({ ...cell, entity }, { spec: signal.spec, name: each.name });
    });
    const bands = partsOf(edges).map((rules, n) => ({
      name: `foreshock bands of ${each.name}, part ${n + 1}`,
      interval: slower,
      rules,
    }));
    const alerts = known.map(({ spec }) => bandAlert(each, spec, options));
    const values = known.map(signal => valueRule(each, signal));
    return [...bands, { name: `foreshock alerts of ${each.name}`, interval, rules: [...values, ...alerts] }];
  });
  return [outdated(classes, options), ...groups];
}
