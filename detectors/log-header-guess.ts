import { type FieldScanner, fieldKinds } from './log-fields.ts';
import { timeForms } from './log-time.ts';

const { time, level, letter, number, bracket, sign, titled, cell, word } = fieldKinds;

/** `error` without a sign may be a word of the message. */
const mayBeWord = /^\p{Ll}+$/u;

interface Guess {
  time: boolean;
  level: boolean;
  titled: boolean;
}

/** Whether a field goes on with a header when `gap` fields of no kind lie before it. */
function goesOn(kind: number, gap: number, so: Guess): boolean {
  const begun = so.time || so.level;
  if (kind === time) return so.time ? gap === 0 && !so.titled : gap <= 4;
  if (kind === level) return !so.titled && !so.level && gap <= (so.time ? 1 : 0);
  if (kind === letter) return so.time && !so.level && gap === 0;
  if (kind === bracket) return begun && !so.titled && gap === 0;
  if (kind === number) return so.time && !so.level && !so.titled && gap === 0;
  if (kind === titled) return begun && !so.titled && gap <= 1;
  if (kind === sign) return begun && !so.titled && gap <= 1;
  return kind === cell && begun && gap === 0;
}

/** How many fields are header, of a line whose source is not known yet. */
export function guessHeader(fields: FieldScanner): number {
  const so: Guess = { time: false, level: false, titled: false };
  let end = 0;
  for (let k = 0; k < fields.count && k - end <= 4; k++) {
    const kind = fields.kinds[k]!;
    if (!so.time && kind === word && /^\p{Ll}{2,}$/u.test(fields.text(k))) break;
    if (!goesOn(kind, k - end, so) || (kind === level && mayBeWord.test(fields.text(k)))) {
      if (so.time && k > end) break;
      continue;
    }
    so.time ||= kind === time;
    so.level ||= kind === level || kind === letter;
    so.titled ||= kind === titled;
    end = k + 1;
  }
  return end === 1 && fields.timeForm === timeForms.epoch ? 0 : end;
}
