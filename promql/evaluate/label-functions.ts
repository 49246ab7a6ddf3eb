import { type Labels, omit } from '../../core/labels.ts';
import type { Arguments } from './functions.ts';
import { anchored } from './select.ts';
import type { Element } from './value.ts';

/** `label_replace(v, dst, replacement, src, regex)`: an empty result removes the label. */
export function labelReplace(args: Arguments, at: number): Element[] {
  const [target, replacement, source] = [args.text(1), args.text(2), args.text(3)];
  const pattern = anchored(args.text(4), at);
  return args.vector(0).map(element => {
    const match = pattern.exec(element.labels[source] ?? '');
    if (match === null) return element;
    return { ...element, labels: withLabel(element.labels, target, expand(replacement, match)) };
  });
}

/** `label_join(v, dst, separator, src...)`. */
export function labelJoin(args: Arguments): Element[] {
  const [target, separator] = [args.text(1), args.text(2)];
  const sources = Array.from({ length: Math.max(0, args.count - 3) }, (_, k) => args.text(k + 3));
  return args.vector(0).map(element => {
    const text = sources.map(source => element.labels[source] ?? '').join(separator);
    return { ...element, labels: withLabel(element.labels, target, text) };
  });
}

function withLabel(labels: Labels, name: string, text: string): Labels {
  return text === '' ? omit(labels, [name]) : { ...labels, [name]: text };
}

function expand(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(\$|\w+|\{(\w+)\})/g, (_, whole: string, braced?: string) => {
    if (whole === '$') return '$';
    const name = braced ?? whole;
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });
}
