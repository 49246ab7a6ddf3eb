import { escaped } from '../core/visible-text.ts';

/** What the fonts of the paper have no letters for: all but Latin, Greek, Cyrillic and usual signs. */
const missing =
  /[^\n\x20-\x7e\xa0-\u017f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u045f\u0490\u0491\u1e9e\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u20ac\u2122\u2190-\u2193\u2212\u2248\u2260\u2264\u2265]/gu;

/** A text that the fonts of the paper can show: what they lack is written as one may type it, `\u{4e2d}`, so that names stay apart. */
export function printableText(text: string): string {
  return text.normalize('NFC').replaceAll('\t', ' ').replace(missing, escaped);
}
