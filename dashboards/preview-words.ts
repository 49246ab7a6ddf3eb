import { tablePicture } from '../charts/table.ts';
import { type Word, wordsPicture } from '../charts/words.ts';
import type { PreviewPanel } from './preview-model.ts';

/** A panel of words as an SVG: the little of Markdown that we write ourselves, tables included. */
export function wordsOf(
  panel: PreviewPanel,
  size: { readonly width: number; readonly height: number },
): string {
  const lines = panel.options.content.split('\n');
  const rows = lines.filter(line => line.startsWith('|')).map(cellsOf);
  const [head, , ...body] = rows;
  if (head !== undefined && rows.length > 1)
    return tablePicture({
      title: panel.title,
      ...size,
      columns: head.map(title => ({ title, right: false })),
      rows: body,
      none: 'Nothing',
    });
  const paragraphs = lines.filter(line => line.trim() !== '').map(wordsIn);
  return wordsPicture({ title: panel.title, ...size, paragraphs });
}

/** The cells of a line of a table; a bar after a backslash is text. */
function cellsOf(line: string): string[] {
  return [...line.matchAll(/((?:\\.|[^\\|])*)\|/gs)].slice(1).map(match => plain(match[1]!.trim()));
}

function wordsIn(line: string): Word[] {
  return line
    .split(/(?<!\\)\*\*/)
    .map((text, k) => ({ text: plain(text), bold: k % 2 === 1 }))
    .filter(({ text }) => text !== '');
}

const entities: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

function plain(text: string): string {
  return text.replaceAll(
    /\\([\\`*_[\]()#!|~])|&(?:amp|lt|gt);/g,
    (whole, char?: string) => char ?? entities[whole]!,
  );
}
