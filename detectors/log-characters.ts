/** Classes of characters of a message; other code units count as letters. */
export const blank = 1;
export const delimiter = 2;
export const quote = 3;
export const digit = 4;
export const colon = 5;
export const slash = 6;
export const atSign = 7;
export const dot = 8;
export const other = 9;
export const hexLetter = 10;
export const letter = 11;

function classesOf(): Uint8Array {
  const classes = new Uint8Array(128).fill(other);
  classes.fill(blank, 0, 33);
  for (let c = 0; c < 10; c++) classes[48 + c] = digit;
  for (let c = 0; c < 26; c++) {
    classes[65 + c] = c < 6 ? hexLetter : letter;
    classes[97 + c] = c < 6 ? hexLetter : letter;
  }
  for (const c of '()[]{}<>,;=|') classes[c.charCodeAt(0)] = delimiter;
  for (const c of '"\'`') classes[c.charCodeAt(0)] = quote;
  classes[58] = colon;
  classes[47] = slash;
  classes[64] = atSign;
  classes[46] = dot;
  return classes;
}

const classes = classesOf();

/** The classes as one bit each. */
const bits = Uint16Array.from(classes, kind => 1 << kind);
const letterBit = 1 << letter;

/** What a word may not hold. */
export const wordEnd = (1 << blank) | (1 << delimiter) | (1 << quote);
export const wordMark = (1 << colon) | (1 << dot);
export const letterBits = (1 << letter) | (1 << hexLetter);

export function bitOf(c: number): number {
  return c < 128 ? bits[c]! : letterBit;
}

/** The class of a character. */
export function classOf(c: number): number {
  return c < 128 ? classes[c]! : letter;
}

/** Whether it may be part of a word. */
export function isWord(c: number): boolean {
  const kind = classOf(c);
  return kind === digit || kind >= hexLetter;
}
