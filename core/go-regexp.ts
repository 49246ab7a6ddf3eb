/** POSIX classes, as they stand within brackets. */
const posix: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

const special = /[\^$\\.*+?()[\]{}|/]/g;
const quote = (text: string) => text.replaceAll(special, '\\$&');

/** What a backslash begins at `source`, as we write it, and its length. */
function escaped(source: string, inClass: boolean): readonly [text: string, length: number] {
  const [, quoted] = /^\\Q([\s\S]*?)(?:\\E|$)/.exec(source) ?? [];
  if (quoted !== undefined) return [quote(quoted), quoted.length + 4];
  const [, property] = /^\\([pP][A-Z])/.exec(source) ?? [];
  if (property !== undefined) return [`\\${property[0]}{${property[1]}}`, 3];
  const next = source[1] ?? '';
  if (next === 's') return [inClass ? '\\t\\n\\f\\r ' : '[\\t\\n\\f\\r ]', 2];
  if (next === 'A' || next === 'z') return [next === 'A' ? '^' : '$', 2];
  if (next === '-') return [inClass ? '\\-' : '-', 2];
  if (/[A-Za-z0-9]/.test(next)) return [`\\${next}`, 2];
  return [quote(next), 2];
}

/** What stands within brackets at `source`, which begins with one, as we write it, and its length. */
function bracketed(source: string): readonly [text: string, length: number] {
  const [head = ''] = /^\[\^?\]?/.exec(source) ?? [];
  let out = head.replace(']', '\\]');
  for (let at = head.length; at < source.length; ) {
    if (source[at] === ']') return [`${out}]`, at + 1];
    const [whole = '', name = ''] = /^\[:(\w+):\]/.exec(source.slice(at)) ?? [];
    const [text, length] =
      whole !== ''
        ? [posix[name] ?? whole, whole.length]
        : source[at] === '\\'
          ? escaped(source.slice(at), true)
          : [source[at] === '[' ? '\\[' : source[at]!, 1];
    out += text;
    at += length;
  }
  return [out, source.length];
}

/**
 * A regular expression of Go (RE2 syntax), anchored at both ends, as Alertmanager matches labels by it: `.` takes no line end,
 * unless the text begins with `(?s)`; `(?i)` may stand there too. Throws a SyntaxError for what cannot be said in ours.
 */
export function goRegExp(text: string): RegExp {
  const [head = '', flags = ''] = /^\(\?([is]+)\)/.exec(text) ?? [];
  const source = text.slice(head.length);
  let out = '';
  for (let at = 0; at < source.length; ) {
    const rest = source.slice(at);
    const [said, length] =
      rest[0] === '\\'
        ? escaped(rest, false)
        : rest[0] === '['
          ? bracketed(rest)
          : rest.startsWith('(?P<')
            ? (['(?<', 4] as const)
            : ([rest[0] === '.' && !flags.includes('s') ? '[^\\n]' : rest[0]!, 1] as const);
    out += said;
    at += length;
  }
  return new RegExp(`^(?:${out})$`, [...new Set(`${flags}u`)].join(''));
}
