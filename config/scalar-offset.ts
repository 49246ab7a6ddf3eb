/** A string of a YAML text: its value, and how it is written there, quotes or block header included. */
export interface WrittenScalar {
  readonly value: string;
  readonly source: string;
  /** The style as the YAML library names it: `PLAIN`, `QUOTE_DOUBLE`, `QUOTE_SINGLE`, `BLOCK_LITERAL`, `BLOCK_FOLDED`. */
  readonly type: string | undefined;
}

const blank = /\s/;

/**
 * Where in `source` the character `offset` of the value stands. Folding and indentation change only blanks, so the n-th
 * character of the value that is no blank is the n-th of the source, with an escape counted as what it stands for. For
 * a blank, or the end of the value, it is the place after the character before it.
 */
export function offsetInSource({ value, source, type }: WrittenScalar, offset: number): number {
  const solid = [...value.slice(0, offset)].filter(char => !blank.test(char)).length;
  const exact = offset < value.length && !blank.test(value[offset]!);
  let at = bodyStart(source, type);
  let after = at;
  for (let seen = 0; at < source.length; ) {
    const unit = unitAt(source, at, type);
    if (!unit.blank) {
      if (seen === solid && exact) return at;
      if (seen === solid) return after;
      seen++;
      after = at + unit.length;
    }
    at += unit.length;
  }
  return after;
}

function bodyStart(source: string, type: string | undefined): number {
  if (type?.startsWith('QUOTE')) return 1;
  if (!type?.startsWith('BLOCK')) return 0;
  const header = source.indexOf('\n');
  return header < 0 ? source.length : header + 1;
}

interface Unit {
  readonly length: number;
  readonly blank: boolean;
}

/** Lengths of the escapes with digits; every other one is two characters. */
const digits: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 };

/** One character of the value as it is written from `at` on. */
function unitAt(source: string, at: number, type: string | undefined): Unit {
  const char = String.fromCodePoint(source.codePointAt(at)!);
  if (type === 'QUOTE_SINGLE' && source.startsWith("''", at)) return { length: 2, blank: false };
  if (type !== 'QUOTE_DOUBLE' || char !== '\\') return { length: char.length, blank: blank.test(char) };
  const kind = source[at + 1] ?? '';
  const length = digits[kind] ?? 2;
  const code = Number.parseInt(source.slice(at + 2, at + length), 16);
  const named = /[\s_LPNtnvfr]/.test(kind);
  return { length, blank: length > 2 ? blank.test(String.fromCodePoint(code)) : named };
}
