import { sayClock, sayTime } from '../core/say-time.ts';
import { html, type Markup } from './html.ts';

/** A rate 0..1 as percent, or `not known yet`. */
export function percent(rate: number | undefined): string {
  if (rate === undefined || !Number.isFinite(rate)) return 'not known yet';
  return `${Number((rate * 100).toPrecision(2))} %`;
}

/** More of one name is not read by anybody. */
const mostLetters = 300;

/** A text from outside, cut where it is longer than can be read at a glance; JSON has all of it. */
export function cut(text: string): string {
  const letters = [...text.slice(0, 2 * mostLetters + 2)];
  if (letters.length <= mostLetters) return text;
  return `${letters.slice(0, mostLetters).join('')}… (${text.length} characters)`;
}

/** A time (ms) in full for people, and for machines. */
export function timeTag(ms: number): Markup {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15
    ? html`<time datetime="${new Date(ms).toISOString()}">${sayTime(ms)}</time>`
    : html`${sayTime(ms)}`;
}

/** Only the clock; its zone stands in the heading. The day is said where it is another one than that of `beside`. */
export function clockTag(ms: number, beside = ms): Markup {
  const sameDay = sayTime(ms).slice(0, 10) === sayTime(beside).slice(0, 10);
  const text = sameDay ? sayClock(ms) : sayTime(ms).slice(5, 19);
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15
    ? html`<time datetime="${new Date(ms).toISOString()}">${text}</time>`
    : html`${text}`;
}

/** A part of a page that refreshes by itself: it is swapped as a whole, and only when it changed. */
export function part(name: string, body: Markup | undefined): Markup {
  return html`<section data-part="${name}">
${body}
</section>
`;
}
