import type { Labels } from '../core/labels.ts';
import { sayCount } from '../core/say-name.ts';
import { saySpan, sayTime } from '../core/say-time.ts';
import { shareAtLeast } from '../core/share-at-least.ts';
import type { GroupingFigures, GroupingSuggestion } from './grouping.ts';
import type { AlertHistory } from './history.ts';
import { type InhibitEvidence, type InhibitSuggestion, inhibitLimits } from './inhibition.ts';
import type { InhibitRule } from './inhibition-candidates.ts';

/** All that is suggested. `notifications` are those of each alert by itself: without the rules, and with all of them. */
export interface Suggestions {
  readonly history: AlertHistory;
  readonly inhibition: readonly InhibitSuggestion[];
  readonly grouping: GroupingSuggestion | undefined;
  readonly notifications: { readonly without: number; readonly under: number };
}

/** How many other groupings are told beside the best. */
const shownGroupings = 8;

/** Suggestions as a part of an Alertmanager config, each with its evidence in comments; comments only when there are none. */
export function alertmanagerYaml({ history, inhibition, grouping, notifications }: Suggestions): string {
  const { alerts, incidents } = history;
  const counts = `${sayCount(incidents, 'incident')}, ${sayCount(alerts.length, 'alert')}`;
  if (inhibition.length === 0 && grouping === undefined) return nothing(incidents, counts);
  const last = alerts.at(-1)?.startsAt ?? Number.NaN;
  const lines = [
    '# Suggested for Alertmanager, to be reviewed. Counts are of incidents, "at least" holds with 95 % confidence.',
    `# From ${counts}: ${sayTime(alerts[0]?.startsAt ?? Number.NaN)} to ${sayTime(last)}.`,
    ...(grouping === undefined ? [] : groupingLines(grouping)),
    ...(inhibition.length === 0 ? [] : inhibitionLines(inhibition, notifications)),
  ];
  return `${lines.join('\n')}\n`;
}

function nothing(incidents: number, counts: string): string {
  const enough = shareAtLeast(incidents, incidents) >= inhibitLimits.share;
  return `# Nothing to suggest: ${enough ? 'nothing regular in the history' : 'too little history'} (${counts}).\n`;
}

function groupingLines({ best, compared, overlapping }: GroupingSuggestion): readonly string[] {
  const others = compared.filter(figures => figures !== best).slice(0, shownGroupings);
  return [
    '',
    'route:',
    `  # ${sayGrouping(best)}. ${sayCount(overlapping, 'incident')} went on beside another.`,
    '  # The fewest notifications among label sets that mix at most 5 % of the alerts with those of another incident.',
    ...others.map(figures => `  # - instead ${flow(figures.groupBy)}: ${sayGrouping(figures)}`),
    `  group_by: ${flow(best.groupBy)}`,
  ];
}

function sayGrouping({ notifications, purity }: GroupingFigures): string {
  return `${sayCount(notifications, 'notification')}, ${percent(purity)} of alerts stand with their own incident`;
}

function inhibitionLines(
  inhibition: readonly InhibitSuggestion[],
  { without, under }: Suggestions['notifications'],
): readonly string[] {
  return [
    '',
    `# With a notification for each alert, these rules together make ${without} notifications ${under}, and hide no incident.`,
    'inhibit_rules:',
    ...inhibition.flatMap(suggestion => [...evidenceLines(suggestion), ...ruleLines(suggestion.rule)]),
  ];
}

function evidenceLines({ rule, path, evidence }: InhibitSuggestion): readonly string[] {
  const { source, followed, target, never, lead, saved, hidden }: InhibitEvidence = evidence;
  const words = [
    `${sayLabels(rule.source)} brings ${sayLabels(rule.target)}`,
    `- the source fired before the target in ${followed} of ${source} incidents with the source (at least ${percent(shareAtLeast(followed, source))}), ${saySpan(lead)} before it in the median`,
    `- the target fired without the source in ${target - never} of ${target} incidents with the target (at most ${percent(1 - shareAtLeast(never, target))})`,
    path.length === 0
      ? '- both are at the same place'
      : `- the target calls the source: ${path.map(oneLine).join(' -> ')}`,
    `- in the replay: ${sayCount(saved, 'notification')} saved, ${sayCount(hidden, 'incident')} hidden`,
  ];
  return words.map(line => `  # ${line}`);
}

function ruleLines({ source, target, equal }: InhibitRule): readonly string[] {
  return [
    '  - source_matchers:',
    ...matcherLines(source),
    '    target_matchers:',
    ...matcherLines(target),
    ...(equal.length === 0 ? [] : [`    equal: ${flow(equal)}`]),
  ];
}

function matcherLines(labels: Labels): readonly string[] {
  return Object.entries(labels).map(([name, value]) => `      - ${quoted(`${name}=${matched(value)}`)}`);
}

/** A value as Alertmanager's matchers quote it. */
function matched(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

/** A YAML string. JSON's strings are YAML's; single quotes read better where they can. */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those that a single-quoted string of YAML cannot hold
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(text)) return JSON.stringify(text);
  return `'${text.replaceAll("'", "''")}'`;
}

/** Label names are plain, but `on`, `null` and numbers would be read as something else. */
function flow(names: readonly string[]): string {
  const plain = (name: string) => /^[a-z_]{3,}$/.test(name) && !/^(?:yes|off|true|false|null)$/.test(name);
  return `[${names.map(name => (plain(name) ? name : quoted(name))).join(', ')}]`;
}

function sayLabels({ alertname = '', ...place }: Labels): string {
  const at = Object.entries(place).map(([name, value]) => ` at ${name} ${value}`);
  return oneLine(`${alertname}${at.join('')}`);
}

function oneLine(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1).replace(/\.0$/, '')} %`;
}
