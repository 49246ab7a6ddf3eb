import { addressRules, type MaskRule, maskRules } from './mask-rules.ts';

/** How an example line is shown. */
export interface MaskOptions {
  /** The longest result, in UTF-16 code units, its `…` included. */
  readonly limit?: number;
  /** Addresses of the network are hidden too. */
  readonly ips?: boolean;
}

const usualLimit = 500;
/** A secret that begins within the limit is looked for so far beyond it. */
const beyond = 1024;

/**
 * A log line that may be shown: secrets and personal data are replaced by stable marks (`<secret>`, `<token>`, `<private key>`,
 * `<email>`, `<card>`, `<iban>`, `<phone>`, `<ssn>`, `<ip>`), all else is kept, and what is beyond the limit becomes `…`. Takes time
 * that is linear in the limit, whatever the text. Masking what is masked changes nothing.
 */
export function maskLine(text: string, { limit = usualLimit, ips = false }: MaskOptions = {}): string {
  const isCut = text.length > limit + beyond;
  let shown = isCut ? text.slice(0, limit + beyond) : text;
  for (const rule of maskRules) shown = applied(rule, shown);
  if (ips) for (const rule of addressRules) shown = applied(rule, shown);
  return cut(isCut ? `${withoutLastWord(shown)}…` : shown, limit);
}

function applied({ pattern, mark, when }: MaskRule, text: string): string {
  return text.replace(pattern, (...found) => {
    const groups = found
      .slice(
        1,
        found.findIndex(part => typeof part === 'number'),
      )
      .filter(isText);
    const whole = String(found[0]);
    const lead = mark.startsWith('$1') ? (groups[0] ?? '') : '';
    const hidden = lead === '' ? whole : (groups.at(-1) ?? whole);
    return when === undefined || when(hidden) ? lead + mark.replace('$1', '') : whole;
  });
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

/** What was cut may have cut a secret, so that nobody knows it any more: its word goes. */
function withoutLastWord(text: string): string {
  let end = text.length;
  while (end > text.length - beyond && end > 0 && !/\s/.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = limit - 1;
  // A mark or a pair of surrogates is not cut in two.
  const opened = text.lastIndexOf('<', end - 1);
  const isInMark =
    opened >= 0 &&
    end - opened < 14 &&
    /^<[a-z ]{2,11}>/.test(text.slice(opened)) &&
    text.indexOf('>', opened) >= end;
  const safe = isInMark ? opened : end;
  return `${text.slice(0, safe).replace(/[\ud800-\udbff]$/, '')}…`;
}
