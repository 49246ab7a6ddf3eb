import { inflateSync } from 'node:zlib';

/** An object of a PDF: its dictionary as text, and what its stream holds. */
interface PdfObject {
  readonly head: string;
  readonly stream: Buffer | undefined;
}

function objectsOf(file: Buffer): ReadonlyMap<string, PdfObject> {
  const text = file.toString('latin1');
  const objects = new Map<string, PdfObject>();
  for (const match of text.matchAll(/^(\d+) 0 obj\n/gm)) {
    const from = match.index + match[0].length;
    const end = text.indexOf('endobj', from);
    const at = text.indexOf('stream\n', from);
    const length = /\/Length (\d+)/.exec(text.slice(from, end))?.[1];
    if (at < 0 || length === undefined || /endobj/.test(text.slice(from, at))) {
      objects.set(match[1]!, { head: text.slice(from, end), stream: undefined });
      continue;
    }
    const head = text.slice(from, at);
    const raw = file.subarray(at + 7, at + 7 + Number(length));
    objects.set(match[1]!, { head, stream: head.includes('/FlateDecode') ? inflateSync(raw) : raw });
  }
  return objects;
}

const utf16 = (hex: string): string =>
  Buffer.from(hex.replaceAll(/\s/g, ''), 'hex').swap16().toString('utf16le');

/** What the glyphs of a font stand for: the ranges of its ToUnicode map, each with a list. */
function glyphsOf(cmap: string): ReadonlyMap<number, string> {
  const glyphs = new Map<number, string>();
  for (const [, first = '', list = ''] of cmap.matchAll(/<([0-9a-f]+)> <[0-9a-f]+> \[([^\]]*)\]/gi)) {
    const texts = [...list.matchAll(/<([0-9a-f\s]*)>/gi)].map(([, hex = '']) => utf16(hex));
    for (const [k, text] of texts.entries()) glyphs.set(Number.parseInt(first, 16) + k, text);
  }
  return glyphs;
}

/** By the names of the document the maps of its fonts. */
function fontsOf(objects: ReadonlyMap<string, PdfObject>): ReadonlyMap<string, ReadonlyMap<number, string>> {
  const fonts = new Map<string, ReadonlyMap<number, string>>();
  for (const { head } of objects.values())
    for (const [, name, id] of head.matchAll(/\/(F\d+) (\d+) 0 R/g)) {
      const map = /\/ToUnicode (\d+) 0 R/.exec(objects.get(id!)?.head ?? '')?.[1];
      const cmap = objects.get(map ?? '')?.stream?.toString('latin1');
      if (cmap !== undefined) fonts.set(name!, glyphsOf(cmap));
    }
  return fonts;
}

/** The text of each page of a PDF with embedded fonts, as it is written by PDFKit: a line each, in the order of writing. */
export function pdfPages(file: Uint8Array): readonly string[] {
  const objects = objectsOf(Buffer.from(file));
  const fonts = fontsOf(objects);
  const pages = [...objects.values()].filter(({ head }) => /\/Type \/Page\b/.test(head));
  return pages.map(({ head }) => {
    const content =
      objects.get(/\/Contents (\d+) 0 R/.exec(head)?.[1] ?? '')?.stream?.toString('latin1') ?? '';
    let glyphs: ReadonlyMap<number, string> | undefined;
    const lines: string[] = [];
    for (const [, font, shown] of content.matchAll(
      /\/(F\d+) [\d.]+ Tf|\[((?:<[0-9a-f]*>|[-\d.\s])*)\] TJ/g,
    )) {
      if (font !== undefined) glyphs = fonts.get(font);
      const codes = [...(shown ?? '').matchAll(/<([0-9a-f]*)>/g)].flatMap(
        ([, hex = '']) => hex.match(/.{4}/g) ?? [],
      );
      if (shown !== undefined)
        lines.push(codes.map(code => glyphs?.get(Number.parseInt(code, 16)) ?? '?').join(''));
    }
    return lines.join('\n');
  });
}
