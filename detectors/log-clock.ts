import { hour, isDigit, isLetter, minute } from './log-calendar.ts';

/** Reads the time of day as logs write it; `end` is where it ends. */
export class ClockScanner {
  #text = '';
  #at = 0;

  get end(): number {
    return this.#at;
  }

  /** `15:16:01.123 +02:00` as ms of the day, NaN when there is none. */
  read(text: string, from: number): number {
    this.#text = text;
    this.#at = from;
    const hours = this.#next();
    const sign = text.charCodeAt(this.#at);
    if (hours < 0 || hours > 24 || (sign !== 58 && sign !== 46)) return Number.NaN;
    this.#at++;
    const minutes = this.#next();
    if (minutes < 0 || minutes > 59) return Number.NaN;
    let ms = hours * hour + minutes * minute;
    if (text.charCodeAt(this.#at) === sign && isDigit(text.charCodeAt(this.#at + 1))) {
      this.#at++;
      ms += this.#next() * 1000 + this.#fraction();
    } else if (sign === 46) return Number.NaN;
    if (isDigit(text.charCodeAt(this.#at))) return Number.NaN;
    return ms + this.#half(hours) - this.#zone();
  }

  /** `.123` behind a number as ms, 0 when there is none. */
  fraction(text: string, from: number): number {
    this.#text = text;
    this.#at = from;
    return this.#fraction();
  }

  #fraction(): number {
    const text = this.#text;
    const c = text.charCodeAt(this.#at);
    if ((c !== 46 && c !== 44 && c !== 58) || !isDigit(text.charCodeAt(this.#at + 1))) return 0;
    let value = 0;
    let scale = 100;
    for (this.#at++; isDigit(text.charCodeAt(this.#at)); this.#at++) {
      value += (text.charCodeAt(this.#at) - 48) * scale;
      scale /= 10;
    }
    return Math.floor(value);
  }

  #half(hours: number): number {
    const text = this.#text;
    if (text.charCodeAt(this.#at) !== 32 || text.charCodeAt(this.#at + 2) !== 77) return 0;
    const c = text.charCodeAt(this.#at + 1);
    if ((c !== 65 && c !== 80) || isLetter(text.charCodeAt(this.#at + 3))) return 0;
    this.#at += 3;
    if (c === 80) return hours < 12 ? 12 * hour : 0;
    return hours === 12 ? -12 * hour : 0;
  }

  /** `Z`, ` UTC`, `+02:00`, ` -0700` as ms to subtract. */
  /** The same for what a time may end with: a zone, as ms to subtract. */
  zone(text: string, from: number): number {
    this.#text = text;
    this.#at = from;
    return this.#zone();
  }

  #zone(): number {
    const text = this.#text;
    const blank = text.charCodeAt(this.#at) === 32 ? 1 : 0;
    const at = this.#at + blank;
    const c = text.charCodeAt(at);
    if (c === 90 && blank === 0) this.#at++;
    else if ((c === 85 || c === 71) && (text.startsWith('UTC', at) || text.startsWith('GMT', at)))
      this.#at = at + 3;
    if ((c !== 43 && c !== 45) || !isDigit(text.charCodeAt(at + 1)) || !isDigit(text.charCodeAt(at + 2)))
      return 0;
    const before = this.#at;
    this.#at = at + 1;
    const hours = this.#next();
    if (text.charCodeAt(this.#at) === 58) this.#at++;
    const minutes = this.#next();
    if (minutes < 0 || isDigit(text.charCodeAt(this.#at)) || (blank > 0 && this.#at - at !== 5)) {
      this.#at = before;
      return 0;
    }
    return (c === 43 ? 1 : -1) * (hours * hour + minutes * minute);
  }

  /** The number of at most two digits that is reached, else -1; goes on behind it. */
  #next(): number {
    let value = -1;
    for (let k = 0; k < 2 && isDigit(this.#text.charCodeAt(this.#at)); k++)
      value = Math.max(0, value) * 10 + this.#text.charCodeAt(this.#at++) - 48;
    return value;
  }
}
