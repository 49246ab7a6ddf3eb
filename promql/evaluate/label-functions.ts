import { type Labels, labelOf, omit } from '../../core/labels.ts';
import { ExecutionError, PromqlError } from '../parse.ts';
import { anchored } from '../regexp.ts';
import type { Arguments } from './functions.ts';
import type { Element } from './value.ts';

const labelName = /^[a-zA-Z_]\w*$/;

/** `label_replace(v, dst, replacement, src, regex)`: an empty result removes the label. */
export function labelReplace(args: Arguments): Element[] {
  const [target, replacement, source] = [args.text(1), args.text(2), args.text(3)];
  const pattern = replacePattern(args.text(4));
  if (!labelName.test(target))
    throw new ExecutionError(`invalid destination label name in label_replace(): ${target}`, 0);
  return args.vector(0).map(element => {
    const match = pattern.matcher(labelOf(element.labels, source));
    if (!match.matches()) return element;
    const groups = pattern.namedGroups();
    const group = (name: string) => {
      const number = /^(?:0|[1-9]\d{0,7})$/.test(name) ? Number(name) : (groups[name] ?? -1);
      return number < 0 || number > match.groupCount() ? '' : (match.group(number) ?? '');
    };
    return { ...element, labels: withLabel(element.labels, target, expand(replacement, group)) };
  });
}

function replacePattern(source: string) {
  try {
    return anchored(source, 0);
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error;
    throw new ExecutionError(`invalid regular expression in label_replace(): ${source}`, 0);
  }
}

/** `label_join(v, dst, separator, src...)`. */
export function labelJoin(args: Arguments): Element[] {
  const [target, separator] = [args.text(1), args.text(2)];
  if (!labelName.test(target))
    throw new ExecutionError(`invalid destination label name in label_join(): ${target}`, 0);
  const sources = Array.from({ length: Math.max(0, args.count - 3) }, (_, k) => args.text(k + 3));
  return args.vector(0).map(element => {
    const text = sources.map(source => labelOf(element.labels, source)).join(separator);
    return { ...element, labels: withLabel(element.labels, target, text) };
  });
}

function withLabel(labels: Labels, name: string, text: string): Labels {
  return text === '' ? omit(labels, [name]) : { ...labels, [name]: text };
}

/** A name is as long as letters and digits of any script go, as in Go's Regexp.Expand. */
function expand(template: string, group: (name: string) => string): string {
  return template.replace(
    /\$(\$|[\p{L}\p{Nd}_]+|\{([\p{L}\p{Nd}_]+)\})/gu,
    (_, whole: string, braced?: string) => (whole === '$' ? '$' : group(braced ?? whole)),
  );
}
