import type { Labels } from '../core/labels.ts';
import { yamlText } from './yaml-text.ts';

/** A rule as Prometheus reads it. Labels of a recording rule are no templates, those of an alert are. */
export type Rule =
  | { readonly record: string; readonly expr: string; readonly labels?: Labels }
  | {
      readonly alert: string;
      readonly expr: string;
      readonly for?: string;
      readonly labels: Labels;
      readonly annotations: Labels;
    };

/** Rules that are evaluated one after the other, every `interval` where one is given. */
export type RuleGroup = {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly Rule[];
};

/** A file of rules for Prometheus, below some lines of comment. */
export function ruleFile(groups: readonly RuleGroup[], comments: readonly string[]): string {
  return `${commentText(comments)}${yamlText({ groups })}`;
}

/** Lines of comment; a line break in one begins another. */
export function commentText(comments: readonly string[]): string {
  return comments
    .flatMap(line => line.split(/\r\n|[\r\n\u0085\u2028\u2029]/))
    .map(line => `# ${line}\n`)
    .join('');
}
