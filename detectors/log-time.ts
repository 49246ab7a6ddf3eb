import { codeOf, day, daysOf, hour, isDigit, isLetter, minute, months, weekdays } from './log-calendar.ts';
import { ClockScanner } from './log-clock.ts';

/** How times are written; the number is part of a stored layout. */
export const timeForms = { none: 0, full: 1, date: 2, yearless: 3, clock: 4, epoch: 5, klog: 6 } as const;

/**
 * Reads times as logs write them, at a place of a text. `read` answers where the time ends, -1 when none begins there;
 * then `ms` is the time (UTC where it names no zone) and `form` how it was written. A missing year is the one that
 * brings it closest before `reference` (a day after it at most); a missing date is that of `reference`.
 */
export class TimeScanner {
  ms = Number.NaN;
  form: number = timeForms.none;
  reference = Number.NaN;
  readonly #clocks = new ClockScanner();
  #text = '';
  #at = 0;
  #year = 0;
  #month = 0;
  #day = 0;

  read(text: string, at: number): number {
    this.#text = text;
    this.#at = at;
    this.form = timeForms.none;
    const c = text.charCodeAt(at);
    if (isDigit(c)) return this.#digits();
    if (isLetter(c)) return this.#letters();
    return -1;
  }

  #digits(): number {
    const text = this.#text;
    const from = this.#at;
    let end = from;
    while (isDigit(text.charCodeAt(end))) end++;
    const length = end - from;
    const next = text.charCodeAt(end);
    if (length === 4 && (next === 45 || next === 47 || next === 46)) return this.#yearFirst(end, next);
    if (length <= 2 && (next === 45 || next === 47 || next === 46)) return this.#parts(end, next);
    if (length === 2 && next === 58) return this.#clockOnly(from);
    if (length <= 2 && next === 32 && isLetter(text.charCodeAt(end + 1))) return this.#parts(end, next);
    if (length === 6 && next === 32) return this.#compact(from, end);
    if (length === 8 && (next === 45 || next === 84 || next === 32)) return this.#compact(from, end);
    if (length === 10 || length === 13 || length === 16 || length === 19) return this.#epoch(from, end);
    return -1;
  }

  #number(from: number, to: number): number {
    let value = 0;
    for (let at = from; at < to; at++) value = value * 10 + this.#text.charCodeAt(at) - 48;
    return value;
  }

  /** The number at the place that is reached, of 1 to `most` digits, else -1; goes on behind it. */
  #next(most: number): number {
    const from = this.#at;
    let end = from;
    while (end - from < most && isDigit(this.#text.charCodeAt(end))) end++;
    if (end === from) return -1;
    this.#at = end;
    return this.#number(from, end);
  }

  #yearFirst(end: number, sign: number): number {
    const year = this.#number(this.#at, end);
    this.#at = end + 1;
    const month = this.#next(2);
    if (month < 0 || this.#text.charCodeAt(this.#at) !== sign) return -1;
    this.#at++;
    const dayOfMonth = this.#next(2);
    return this.#date(year, month, dayOfMonth) ? this.#thenClock(timeForms.full) : -1;
  }

  /** `14/06/2015`, `06/14/15`, `17/06/09`, `03-17 16:13`, `10/Oct/2000`, `01 Jan 2020`. */
  #parts(end: number, sign: number): number {
    const text = this.#text;
    const a = this.#number(this.#at, end);
    this.#at = end + 1;
    const month = isLetter(text.charCodeAt(this.#at)) ? months.get(codeOf(text, this.#at)) : undefined;
    if (month !== undefined) {
      this.#at += 3;
      if (text.charCodeAt(this.#at++) !== sign) return -1;
      const year = this.#next(4);
      return year >= 1000 && this.#date(year, month, a) ? this.#thenClock(timeForms.full) : -1;
    }
    const b = this.#next(2);
    if (b < 0) return -1;
    if (text.charCodeAt(this.#at) !== sign) {
      if (!this.#date(0, a, b) && !this.#date(0, b, a)) return -1;
      return this.#thenClock(timeForms.yearless);
    }
    this.#at++;
    const from = this.#at;
    const c = this.#next(4);
    const length = this.#at - from;
    if (length === 4 && this.#dateOfThree(c, a, b, sign)) return this.#thenClock(timeForms.full);
    if (length !== 2) return -1;
    if (this.#date(2000 + a, b, c) || this.#dateOfThree(2000 + c, a, b, sign))
      return this.#thenClock(timeForms.full);
    return -1;
  }

  /** Month first between slashes, day first elsewhere, where both are possible. */
  #dateOfThree(year: number, a: number, b: number, sign: number): boolean {
    if (sign === 47) return this.#date(year, a, b) || this.#date(year, b, a);
    return this.#date(year, b, a) || this.#date(year, a, b);
  }

  #date(year: number, month: number, dayOfMonth: number): boolean {
    if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > 31) return false;
    this.#year = year;
    this.#month = month;
    this.#day = dayOfMonth;
    return true;
  }

  /** A clock after the date, behind one blank, `T`, `_`, `-`, `.`, `:` or a comma. */
  #thenClock(form: number): number {
    const text = this.#text;
    const end = this.#at;
    let at = end;
    const c = text.charCodeAt(at);
    if (c === 32 || c === 84 || c === 116 || c === 95 || c === 45 || c === 46 || c === 58 || c === 44) at++;
    if (c === 44 && text.charCodeAt(at) === 32) at++;
    const clock = at > end ? this.#clocks.read(text, at) : Number.NaN;
    if (Number.isNaN(clock)) {
      if (form !== timeForms.full || isDigit(text.charCodeAt(end)) || isLetter(text.charCodeAt(end)))
        return -1;
      return this.#done(end, 0, timeForms.date);
    }
    return this.#done(this.#clocks.end, clock, form);
  }

  #done(end: number, clock: number, form: number): number {
    this.form = form;
    if (form === timeForms.yearless || form === timeForms.klog) this.ms = this.#withoutYear(clock);
    else this.ms = daysOf(this.#year, this.#month, this.#day) * day + clock;
    return end;
  }

  #withoutYear(clock: number): number {
    if (!Number.isFinite(this.reference)) return daysOf(1970, this.#month, this.#day) * day + clock;
    const year = new Date(this.reference).getUTCFullYear();
    const next = daysOf(year + 1, this.#month, this.#day) * day + clock;
    if (next <= this.reference + day) return next;
    const same = daysOf(year, this.#month, this.#day) * day + clock;
    return same <= this.reference + day ? same : daysOf(year - 1, this.#month, this.#day) * day + clock;
  }

  #clockOnly(from: number): number {
    const ms = this.#clocks.read(this.#text, from);
    if (Number.isNaN(ms) || this.#clocks.end - from < 7) return -1;
    this.form = timeForms.clock;
    this.ms = Number.isFinite(this.reference) ? Math.floor(this.reference / day) * day + ms : ms;
    return this.#clocks.end;
  }

  /** `081109 203615`, `20171223-22:15:29:606`, `20171223T221529`. */
  #compact(from: number, end: number): number {
    const short = end - from === 6;
    const year = short ? 2000 + this.#number(from, from + 2) : this.#number(from, from + 4);
    if (!this.#date(year, this.#number(end - 4, end - 2), this.#number(end - 2, end))) return -1;
    if (year < 1970 || year > 2100) return -1;
    const at = end + 1;
    if (this.#text.charCodeAt(at + 2) === 58) return short ? -1 : this.#thenClockAt(end);
    let stop = at;
    while (isDigit(this.#text.charCodeAt(stop))) stop++;
    if (stop - at !== 6) return -1;
    const hours = this.#number(at, at + 2);
    const minutes = this.#number(at + 2, at + 4);
    const seconds = this.#number(at + 4, stop);
    if (hours > 23 || minutes > 59 || seconds > 60) return -1;
    const clocks = this.#clocks;
    const fraction = clocks.fraction(this.#text, stop);
    const clock = hours * hour + minutes * minute + seconds * 1000 + fraction;
    return this.#done(clocks.end, clock - clocks.zone(this.#text, clocks.end), timeForms.full);
  }

  #thenClockAt(end: number): number {
    this.#at = end;
    return this.#thenClock(timeForms.full);
  }

  #epoch(from: number, end: number): number {
    const first = this.#text.charCodeAt(from);
    if (first !== 49) return -1;
    if (isLetter(this.#text.charCodeAt(end))) return -1;
    const scale = [1000, 1, 1e-3, 1e-6][(end - from - 10) / 3]!;
    const inSeconds = end - from === 10 && this.#text.charCodeAt(end) === 46;
    const fraction = inSeconds ? this.#clocks.fraction(this.#text, end) : 0;
    this.form = timeForms.epoch;
    this.ms = Math.floor(this.#number(from, end) * scale) + fraction;
    return inSeconds ? Math.max(end, this.#clocks.end) : end;
  }

  #letters(): number {
    const text = this.#text;
    const from = this.#at;
    if (isDigit(text.charCodeAt(from + 1))) return this.#klog(from);
    const code = codeOf(text, from);
    const weekday = weekdays.has(code);
    if (weekday) {
      let at = from + 3;
      if (text.charCodeAt(at) === 44) at++;
      if (text.charCodeAt(at) !== 32) return -1;
      this.#at = at + 1;
      if (isDigit(text.charCodeAt(this.#at))) return this.#digits();
    }
    const month = months.get(weekday ? codeOf(text, this.#at) : code);
    return month === undefined ? -1 : this.#monthFirst(month);
  }

  #klog(from: number): number {
    if (!'IWEF'.includes(this.#text[from]!)) return -1;
    this.#at = from + 1;
    const monthAndDay = this.#next(4);
    if (this.#at - from !== 5 || this.#text.charCodeAt(this.#at) !== 32) return -1;
    if (!this.#date(0, Math.floor(monthAndDay / 100), monthAndDay % 100)) return -1;
    return this.#thenClock(timeForms.klog);
  }

  /** `Jun 14 15:16:01`, `Dec 04 04:47:44 2005`, `Jan 01 2020 00:00:00`. */
  #monthFirst(month: number): number {
    const text = this.#text;
    this.#at += 3;
    if (text.charCodeAt(this.#at) !== 32) return -1;
    while (text.charCodeAt(this.#at) === 32) this.#at++;
    const dayOfMonth = this.#next(2);
    if (!this.#date(0, month, dayOfMonth)) return -1;
    if (text.charCodeAt(this.#at) === 44) this.#at++;
    const year = this.#year4(this.#at);
    if (year > 0) this.#year = year;
    const end = this.#thenClock(year > 0 ? timeForms.full : timeForms.yearless);
    if (end < 0 || year > 0) return end;
    return this.#yearBehind(end);
  }

  #year4(at: number): number {
    const text = this.#text;
    if (text.charCodeAt(at) !== 32) return 0;
    for (let k = 1; k <= 4; k++) if (!isDigit(text.charCodeAt(at + k))) return 0;
    const c = text.charCodeAt(at + 5);
    if (isDigit(c) || c === 58 || isLetter(c) || c === 46) return 0;
    const year = this.#number(at + 1, at + 5);
    if (year < 1970 || year > 2100) return 0;
    this.#at = at + 5;
    return year;
  }

  #yearBehind(end: number): number {
    const text = this.#text;
    let at = end;
    let letters = at + 1;
    while (isLetter(text.charCodeAt(letters))) letters++;
    if (text.charCodeAt(at) === 32 && letters - at > 3 && letters - at < 6) at = letters;
    const year = this.#year4(at);
    if (year === 0) return end;
    const clock = ((this.ms % day) + day) % day;
    this.#year = year;
    return this.#done(this.#at, clock, timeForms.full);
  }
}
