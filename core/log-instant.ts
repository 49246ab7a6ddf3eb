/** A year's first second from which on numbers are times (1990), and how many of them are one (until the year 5138). */
const earliest = 631_152_000;
const latest = 1e11;
/** The last ms that a Date can say. */
const lastMs = 8.64e15;

/** ms of a number of seconds, ms, us or ns since 1970, as its size tells; undefined for what is no time from 1990 on. */
export function instantOfNumber(value: number): number | undefined {
  for (const perSecond of [1, 1e3, 1e6, 1e9]) {
    const seconds = value / perSecond;
    if (seconds >= earliest && seconds < latest) return Math.round(seconds * 1000);
  }
  return undefined;
}

const iso =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T _](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s?(Z|UTC|[+-]\d\d:?(?:\d\d)?)?$/i;
const month = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)';
const named = new RegExp(
  `^(?:[a-z]{3},? )?(\\d{1,2})[/ -]${month}[/ -](\\d{4})[: ](\\d\\d):(\\d\\d):(\\d\\d)(?:\\.(\\d{1,9}))?\\s?(Z|UTC|GMT|[+-]\\d\\d:?\\d\\d)?$`,
  'i',
);

function offset(zone: string | undefined): number {
  const parts = /^([+-])(\d\d):?(\d\d)?$/.exec(zone ?? '');
  if (parts === null) return 0;
  return (parts[1] === '-' ? -1 : 1) * (Number(parts[2]) * 60 + Number(parts[3] ?? 0)) * 60_000;
}

/** Year, month from 0, day, hour, minute, second. */
type Parts = readonly [number, number, number, number, number, number];

function instant(parts: Parts, fraction: string | undefined, zone: string | undefined): number | undefined {
  const ms = Date.UTC(...parts) - offset(zone) + Math.floor(1000 * Number(`0.${fraction ?? 0}`));
  return Math.abs(ms) <= lastMs ? ms : undefined;
}

/**
 * ms of a time as structured logs write it: ISO 8601 (a blank for the T, a comma in the fraction; UTC where no zone stands), `30/Nov/2026:13:00:00
 * +0100`, `Mon, 30 Nov 2026 13:00:00 GMT`, or a number; undefined for anything else.
 */
export function instantOfText(text: string): number | undefined {
  if (text.length > 64) return undefined;
  const a = iso.exec(text);
  if (a !== null) {
    const n = (k: number) => Number(a[k] ?? 0);
    return instant([n(1), n(2) - 1, n(3), n(4), n(5), n(6)], a[7], a[8]);
  }
  if (/^\d{9,20}(?:\.\d{1,9})?$/.test(text)) return instantOfNumber(Number(text));
  const b = named.exec(text);
  if (b === null) return undefined;
  const n = (k: number) => Number(b[k] ?? 0);
  const k = month.indexOf(b[2]!.toLowerCase()) >> 2;
  return instant([n(3), k, n(1), n(4), n(5), n(6)], b[7], b[8]);
}
