import { fingerprint, type Labels, pick } from '../core/labels.ts';
import type { SignalSpec } from '../core/pack.ts';
import {
  type BandCell,
  type BandClass,
  type BandOptions,
  bandAlertLabels,
  bandAnnotations,
  bandTable,
} from './band-rules.ts';
import { decodeHour } from './hour-table.ts';
import { filled, valueText } from './template-text.ts';
import type { YamlValue } from './yaml-text.ts';

/** One test of promtool: series in, alerts and samples out. */
export type RuleTest = { readonly [key: string]: YamlValue };

/** Test time 0 is Thursday 1970-01-01T00:00Z: the tests look at that Thursday. Values come every five minutes. */
export const sampleInterval = '5m';
const perHour = 12;
const calmHour = 8;
const faultHour = 9;
const toldHour = 10;

/** A series that a test feeds: a value, and another one from an hour on. */
export function stepSeries(
  name: string,
  labels: Labels,
  values: readonly [number, number, number],
): RuleTest {
  const [before, after, hour] = values;
  const samples = hour === 0 ? '' : `${before}+0x${hour * perHour - 1} `;
  return { series: `${name}${fingerprint(labels)}`, values: `${samples}${after}+0x${6 * perHour}` };
}

/** An alert as promtool expects it. */
export function expectedAlert(labels: Labels, annotations: Labels, value: string): RuleTest {
  const texts = Object.entries(annotations).map(([name, text]) => [name, filled(text, labels, value)]);
  return { exp_labels: labels, exp_annotations: Object.fromEntries(texts) };
}

interface Sampled {
  readonly of: BandClass;
  readonly spec: SignalSpec;
  readonly labels: Labels;
  readonly edges: Readonly<Record<string, (hour: number) => number>>;
  readonly calm: number;
  /** Outside of the band by much more than the floor. */
  readonly fault: number;
}

function sample(of: BandClass, spec: SignalSpec, cell: BandCell): Sampled {
  const table = (values: Float64Array) => {
    const encoded = bandTable(values, spec);
    return (hour: number) => decodeHour(encoded, hour);
  };
  const [lower, upper] = [table(cell.lower), table(cell.upper)];
  const [low, high] = [
    Math.min(lower(faultHour), lower(toldHour)),
    Math.max(upper(faultHour), upper(toldHour)),
  ];
  const far =
    2 * (cell.floor ?? spec.floor) + Math.max(high - low, 0.5 * Math.abs(high), 0.5 * Math.abs(low), 1e-6);
  const fault = spec.bad === 'low' ? low - far : high + far;
  return {
    of,
    spec,
    labels: { ...pick(cell.entity, of.entityLabels), class: of.name, signal: spec.name },
    edges: { ...(spec.bad === 'high' ? {} : { lower }), ...(spec.bad === 'low' ? {} : { upper }) },
    calm: (lower(calmHour) + upper(calmHour)) / 2,
    fault: Number(fault.toPrecision(3)),
  };
}

/** The first entity of each signal. */
function samplesOf(of: BandClass): readonly Sampled[] {
  return of.signals.flatMap(({ spec }) => {
    const cell = of.cells.find(({ signal }) => signal === spec.name);
    return cell === undefined ? [] : [sample(of, spec, cell)];
  });
}

function edgeTests({ labels, edges }: Sampled): readonly RuleTest[] {
  return Object.entries(edges).flatMap(([edge, at]) =>
    [calmHour, toldHour].map(hour => {
      const series = `foreshock:band_${edge}${fingerprint(labels)}`;
      return { expr: series, eval_time: `${hour}h`, exp_samples: [{ labels: series, value: at(hour) }] };
    }),
  );
}

function toldBy({ of, spec, labels, fault }: Sampled, options: BandOptions): RuleTest {
  const all = { ...labels, ...bandAlertLabels(of.name, spec) };
  return expectedAlert(all, bandAnnotations(of, spec, options), valueText(fault, spec.unit));
}

/** Each signal in its band, then far outside: with foreshock down, and up. */
export function bandTests(classes: readonly BandClass[], options: BandOptions): readonly RuleTest[] {
  const samples = classes.flatMap(samplesOf);
  if (samples.length === 0) return [];
  const input_series = samples.map(each =>
    stepSeries('foreshock:signal', each.labels, [each.calm, each.fault, faultHour]),
  );
  const alertname = 'ForeshockBandExceeded';
  const quiet = { eval_time: `${calmHour}h`, alertname, exp_alerts: [] };
  const told = {
    eval_time: `${toldHour}h`,
    alertname,
    exp_alerts: samples.map(each => toldBy(each, options)),
  };
  const down = {
    name: 'with foreshock down, a value outside of its band is told',
    interval: sampleInterval,
    input_series,
    alert_rule_test: [quiet, told],
    promql_expr_test: samples.flatMap(edgeTests),
  };
  if (options.standby === undefined) return [down];
  const up = {
    name: 'while foreshock is up, it tells by itself',
    interval: sampleInterval,
    input_series: [...input_series, stepSeries('up', { job: options.standby }, [1, 1, faultHour])],
    alert_rule_test: [{ ...told, exp_alerts: [] }],
  };
  return [down, up];
}
