import { PromqlError } from './parse.ts';

const simple: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The text that a PromQL string literal (double, single or back quotes) stands for. */
export function unquote(literal: string): string {
  const body = literal.slice(1, -1);
  if (literal.startsWith('`')) return body;
  return body.replace(
    /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gs,
    (_, code: string) => {
      if (/^[xuU]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
      if (/^[0-7]{3}$/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8));
      return simple[code] ?? code;
    },
  );
}

const escapes = /\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|[abfnrtv\\'"]|.|$)/gs;

/** The same, refusing what Prometheus refuses with a PromqlError at `at`: no closing quote, or an unknown escape. */
export function literalText(literal: string, at: number): string {
  const quote = literal[0]!;
  const closed = literal.length > 1 && literal.endsWith(quote);
  if (!closed) throw new PromqlError('unterminated quoted string', at);
  if (quote === '`') return literal.slice(1, -1);
  for (const [, code = ''] of literal.slice(1, -1).matchAll(escapes)) {
    const point = /^U/.test(code) ? Number.parseInt(code.slice(1), 16) : 0;
    if (point > 0x10ffff) throw new PromqlError('escape sequence is an invalid Unicode code point', at);
    if (code.length > 1 || `abfnrtv\\${quote}`.includes(code)) continue;
    const hex = code.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? '';
    throw new PromqlError(`unknown escape sequence U+${hex} '${code}'`, at);
  }
  return unquote(literal);
}
