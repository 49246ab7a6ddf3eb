import { type Labels, labelOf } from '../core/labels.ts';

/** One condition on a label, as Alertmanager writes it: `name="v"`, `!=`, `=~`, `!~` (anchored); absent is empty. */
export type Matcher = (labels: Labels) => boolean;

/** Reads one matcher. Throws a RangeError for anything else. */
export function parseMatcher(text: string): Matcher {
  const match = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(?:"(.*)"|([^"]*?))\s*$/.exec(text);
  if (match === null) throw new RangeError(`"${text}" is not a matcher: write it like service=~"a|b"`);
  const name = match[1]!;
  const value = match[3] ?? match[4] ?? '';
  const negative = match[2]!.startsWith('!');
  if (!match[2]!.endsWith('~')) return labels => (labelOf(labels, name) === value) !== negative;
  const pattern = new RegExp(`^(?:${value})$`, 's');
  return labels => pattern.test(labelOf(labels, name)) !== negative;
}
