import { type Box, escapeText, svg } from './frame.ts';

/** A stretch of words, bold or not. */
export interface Word {
  readonly text: string;
  readonly bold: boolean;
}

/** Paragraphs as a picture. */
export interface Words {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly paragraphs: readonly (readonly Word[])[];
}

const letter = 5.9;
const lineHeight = 17;

/** The paragraphs wrapped to the width, as much of them as fits, as an SVG text. */
export function wordsPicture({ title, width, height, paragraphs }: Words): string {
  const box: Box = { width, height, left: 12, right: 12, top: 26, bottom: 8 };
  const fits = Math.max(10, Math.floor((width - box.left - box.right) / letter));
  const lines = paragraphs.flatMap(paragraph => [...wrapped(paragraph, fits), []]);
  const room = Math.max(1, Math.floor((height - box.top - box.bottom) / lineHeight));
  const shown = lines.slice(0, room);
  const body = shown.map((line, k) => {
    const spans = line.map(
      ({ text, bold }) => `<tspan${bold ? ' font-weight="600"' : ''}>${escapeText(text)}</tspan>`,
    );
    return `<text x="${box.left}" y="${box.top + 12 + k * lineHeight}" xml:space="preserve">${spans.join('')}</text>`;
  });
  const about = paragraphs.map(words => words.map(({ text }) => text).join('')).join('. ');
  return svg(box, { title, about }, body.join(''));
}

/** Breaks between words; a word that is longer than a line is broken itself. */
function wrapped(paragraph: readonly Word[], fits: number): Word[][] {
  const lines: Word[][] = [[]];
  let used = 0;
  for (const { text, bold } of paragraph)
    for (const piece of text.match(/\s+|\S+/g) ?? [])
      for (const part of piecesOf(piece, fits)) {
        const length = [...part].length;
        if (used + length > fits) {
          lines.push([]);
          used = 0;
          if (part.trim() === '') continue;
        }
        lines.at(-1)!.push({ text: part, bold });
        used += length;
      }
  return lines.filter(line => line.length > 0);
}

function piecesOf(piece: string, fits: number): string[] {
  const chars = [...piece];
  const out: string[] = [];
  for (let from = 0; from < chars.length; from += fits) out.push(chars.slice(from, from + fits).join(''));
  return out;
}
