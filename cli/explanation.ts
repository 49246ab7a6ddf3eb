import type { RuleStanding } from '../alerts/rule.ts';
import type { Anomaly } from '../core/detector.ts';
import type { Labels } from '../core/labels.ts';
import { sayEntity } from '../core/say-name.ts';
import { sayRange, sayValue } from '../core/say-value.ts';
import { expectedBand, lastJudgement, signalStandings } from './class-readings.ts';
import type { ClassWatch } from './class-watch.ts';
import { formatTimestamp } from './timestamp.ts';

/** All that decided whether one entity paged at one moment. */
export interface Explanation {
  readonly watch: ClassWatch;
  readonly entity: Labels;
  readonly standing: RuleStanding;
  /** The rule that held its alert back, in words: a mute, a maintenance, a silence. */
  readonly heldBy: string | undefined;
  readonly detection: { readonly fpr: number; readonly budget: string };
}

const shown = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? 'unknown' : sayValue(value);

function unitOf({ watch }: ClassWatch, signal: string): string {
  return watch.class.signals.find(({ name }) => name === signal)?.unit ?? '';
}

function verdictOf({ state, reason, p }: Anomaly, fpr: number): string {
  if (state !== 'watching') return `not judged: ${reason}`;
  return p <= fpr ? 'ABNORMAL' : 'normal';
}

function ruleOf({ standing, heldBy, detection }: Explanation): string[] {
  const { evidence, needed, flagged, since } = standing;
  const lines = [
    `  rule    ${flagged} of the last 5 steps abnormal, harmful and beyond the floor; 3 page when the evidence is enough`,
    `  budget  evidence ${shown(evidence)} of the ${shown(needed)} that page at ${detection.budget}`,
  ];
  if (since === undefined) lines.push('  page    no');
  else if (heldBy === undefined) lines.push(`  page    YES, since ${formatTimestamp(since)}`);
  else lines.push(`  page    no: since ${formatTimestamp(since)} held back by ${heldBy}`);
  return lines;
}

/** Each signal, that with the largest share first: the three that say most with share and band, all with how they are watched. */
function signalsOf({ watch, entity }: Explanation, { shares, t }: Anomaly): string[] {
  const states = new Map(signalStandings(watch, entity).map(each => [each.signal, each]));
  return shares.map(({ signal, share }, i) => {
    const { state, reason } = states.get(signal) ?? { state: 'watching', reason: '' };
    const how = reason === '' ? state : reason;
    if (i >= 3 || state === 'no_data') return `  signal  ${signal}: ${how}`;
    const band = expectedBand(watch, { entity, signal, t });
    const expected =
      band === undefined ? '' : `, expected ${sayRange(band, Number.NaN, unitOf(watch, signal))}`;
    return `  signal  ${signal}: share ${(100 * share).toFixed(0)} %${expected}; ${how}`;
  });
}

/** Why an entity paged or did not, line by line: state, p, signals with their bands, rule, budget, what held it back. */
export function explanationLines(about: Explanation): string[] {
  const { watch, entity, detection } = about;
  const anomaly = lastJudgement(watch, entity);
  const head = `${sayEntity(entity)} (${watch.watch.class.name})`;
  if (anomaly === undefined) return [`${head}: no model yet, there is no history`];
  const { worst } = anomaly;
  return [
    head,
    `  state   ${anomaly.state}, ${verdictOf(anomaly, detection.fpr)}`,
    `  p       ${shown(anomaly.p)} (abnormal at ${detection.fpr} or less)`,
    ...signalsOf(about, anomaly),
    ...(worst === undefined ? [] : [`  seen    ${worst.signal} = ${sayValue(worst.value, worst.unit)}`]),
    ...(anomaly.reason === '' ? [] : [`  reason  ${anomaly.reason}`]),
    ...ruleOf(about),
  ];
}
