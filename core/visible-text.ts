/** Controls, halves of pairs, and what is not seen or turns the direction of what follows: hostile or broken names hold them. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{DI}]/gu;

/** A character as one may type it: `\u{202e}`. */
export function escaped(char: string): string {
  return `\\u{${char.codePointAt(0)!.toString(16)}}`;
}

/** A text on one line in which all is seen that it holds; blanks are single. */
export function visibleText(text: string): string {
  return text.replace(/\s+/gu, ' ').trim().replace(unseen, escaped);
}

/** At most `most` characters; of a longer one both ends, which tell names apart. */
export function clipped(text: string, most: number): string {
  const chars = [...text];
  if (chars.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${chars.slice(0, head).join('')}…${chars.slice(chars.length - (most - 1 - head)).join('')}`;
}
