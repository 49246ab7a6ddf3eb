import type { Labels } from '../core/labels.ts';
import { commentText, type RuleGroup } from './rule-file.ts';
import { yamlText } from './yaml-text.ts';

/** Longest text of one object: the operator keeps rules in ConfigMaps of half a MiB. */
const most = 450_000;

/** Name and labels of the objects; the operator takes those that its `ruleSelector` selects. */
export interface ObjectNames {
  readonly name: string;
  readonly labels: Labels;
}

/** The groups as PrometheusRule objects of the Prometheus operator, several documents where one would be too large. */
export function prometheusRules(
  groups: readonly RuleGroup[],
  { name, labels }: ObjectNames,
  comments: readonly string[],
): string {
  const parts = partsOf(groups);
  const documents = parts.map((part, n) =>
    yamlText({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: {
        name: parts.length === 1 ? name : `${name}-${n + 1}`,
        labels: { 'app.kubernetes.io/managed-by': 'foreshock', ...labels },
      },
      spec: { groups: part },
    }),
  );
  return `${commentText(comments)}${documents.join('---\n')}`;
}

function partsOf(groups: readonly RuleGroup[]): readonly (readonly RuleGroup[])[] {
  const parts: RuleGroup[][] = [];
  let room = 0;
  for (const group of groups) {
    const size = new TextEncoder().encode(yamlText({ groups: [group] })).length;
    if (parts.length === 0 || size > room) {
      parts.push([]);
      room = most;
    }
    parts.at(-1)?.push(group);
    room -= size;
  }
  return parts;
}
