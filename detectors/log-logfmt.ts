/** A field of a logfmt line: where its value stands, without quotes. */
export interface LogfmtField {
  readonly key: string;
  readonly from: number;
  readonly to: number;
}

const longestKey = 32;
const mostFields = 64;

function isKey(c: number): boolean {
  const lower = c | 32;
  return (
    (lower >= 97 && lower <= 122) || (c >= 48 && c <= 57) || c === 95 || c === 45 || c === 46 || c === 64
  );
}

/** Where the `=` of the key stands that begins here, -1 when none does. */
function signOf(text: string, from: number): number {
  let at = from;
  while (at - from < longestKey && isKey(text.charCodeAt(at))) at++;
  return at > from && text.charCodeAt(at) === 61 ? at : -1;
}

/** Where the value ends that begins here; a quoted one with its closing quote. */
function endOfValue(text: string, from: number): number {
  if (text.charCodeAt(from) !== 34) {
    const blank = text.indexOf(' ', from);
    return blank < 0 ? text.length : blank;
  }
  for (let at = from + 1; at < text.length; at++) {
    const c = text.charCodeAt(at);
    if (c === 92) at++;
    else if (c === 34) return at + 1;
  }
  return text.length;
}

export function beginsAsLogfmt(text: string): boolean {
  return signOf(text, 0) > 0;
}

/** The fields of a line that begins as logfmt does (`time=... level=info msg="..."`), as far as it is logfmt. */
export function logfmtFields(text: string): readonly LogfmtField[] {
  const fields: LogfmtField[] = [];
  let at = 0;
  while (at < text.length && fields.length < mostFields) {
    const sign = signOf(text, at);
    if (sign < 0) break;
    const end = endOfValue(text, sign + 1);
    const quoted = text.charCodeAt(sign + 1) === 34 && end - sign > 2 ? 1 : 0;
    fields.push({ key: text.slice(at, sign), from: sign + 1 + quoted, to: end - quoted });
    at = end;
    while (text.charCodeAt(at) === 32) at++;
  }
  return fields;
}
