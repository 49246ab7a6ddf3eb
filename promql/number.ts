import { parseDuration } from '../core/duration.ts';
import { PromqlError } from './parse.ts';

/** A PromQL number: decimal, hexadecimal, `Inf`, `NaN`, or a duration, which counts seconds. */
export function parseNumber(text: string, at: number): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '').trim().toLowerCase();
  if (body === 'inf') return sign * Number.POSITIVE_INFINITY;
  if (body === 'nan') return Number.NaN;
  if (/^\d+(ms|[smhdwy])/.test(body)) return (sign * parseDurationText(body, at)) / 1000;
  // Go reads whole numbers that begin with 0 in octal where they can be.
  const value = /^0[0-7]+$/.test(body) ? Number.parseInt(body, 8) : Number(body.replaceAll('_', ''));
  if (Number.isNaN(value)) throw new PromqlError(`"${text}" is not a number`, at);
  if (!Number.isFinite(value))
    throw new PromqlError(
      `error parsing number: strconv.ParseFloat: parsing ${JSON.stringify(text)}: value out of range`,
      at,
    );
  return sign * value;
}

/** A duration in ms as PromQL writes it in brackets and behind `offset`: `5m`, `-1h30m`, or seconds as a number. */
export function parseDurationText(text: string, at: number): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '').trim();
  if (/^[\d.]+$/.test(body)) return sign * Number(body) * 1000;
  if (!/^(\d+(ms|[smhdwy]))+$/.test(body))
    throw new PromqlError(`"${text}" is not supported as a duration: write it like 5m or 1h30m`, at);
  return sign * parseDuration(body);
}
