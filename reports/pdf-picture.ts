import type { Mark, Paint, Picture } from '../charts/forecast-picture.ts';
import type { Pdf } from './pdf-sheet.ts';
import { printableText } from './printable-text.ts';

/** On paper areas are light enough for a printer without colours, lines are dark. */
const paints: Readonly<Record<Paint, string>> = {
  text: '#1a1d21',
  quiet: '#555d66',
  grid: '#e1e4e9',
  measured: '#123f73',
  forecast: '#5b2ba8',
  inner: '#cdbfe8',
  outer: '#ebe5f6',
  limit: '#a31515',
  full: '#a31515',
  paper: '#ffffff',
};

function drawMark(doc: Pdf, mark: Mark, fontSize: number): void {
  if (mark.kind === 'text') {
    const text = printableText(mark.text);
    doc
      .font(mark.bold ? 'bold' : 'regular')
      .fontSize(fontSize)
      .fillColor(paints[mark.paint]);
    const width = doc.widthOfString(text);
    const x = mark.x - (mark.anchor === 'end' ? width : mark.anchor === 'middle' ? width / 2 : 0);
    doc.text(text, x, mark.y, { lineBreak: false, baseline: 'alphabetic' });
    return;
  }
  const { d, stroke, fill, width, dash } = mark;
  doc.path(d);
  if (stroke !== undefined) {
    doc.lineWidth(width).lineJoin('round').strokeColor(paints[stroke]);
    if (dash.length > 0) doc.dash(dash[0]!, { space: dash[1] ?? dash[0]! });
    else doc.undash();
  }
  if (fill !== undefined && stroke !== undefined) doc.fillAndStroke(paints[fill], paints[stroke]);
  else if (fill !== undefined) doc.fill(paints[fill]);
  else doc.stroke();
}

/** Draws a picture with its left upper corner at a place. */
export function drawPicture(
  doc: Pdf,
  picture: Picture,
  at: { readonly x: number; readonly y: number },
): void {
  doc.save();
  doc.translate(at.x, at.y);
  for (const mark of picture.marks) drawMark(doc, mark, picture.fontSize);
  doc.undash();
  doc.restore();
}
