import { pictureSvg } from '../charts/forecast-svg.ts';
import { escapeText } from '../charts/frame.ts';
import {
  type Block,
  type Cell,
  type Column,
  type ReportDocument,
  sectionsOf,
  type Table,
} from './document.ts';
import { style } from './html-style.ts';

const lines = (text: string): string => text.split('\n').map(escapeText).join('<br>');

function cellText({ text, to, full, bold }: Cell): string {
  const words = bold === true ? `<b>${lines(text)}</b>` : lines(text);
  const title = full === undefined ? '' : ` title="${escapeText(full)}"`;
  if (to !== undefined) return `<a href="#${to}"${title}>${words}</a>`;
  return title === '' ? words : `<span${title}>${words}</span>`;
}

function rowOf(cells: readonly Cell[], columns: readonly Column[]): string {
  const shown = cells.map((cell, k) => {
    if (k === 0) return `<th scope="row">${cellText(cell)}</th>`;
    const { title, numeric } = columns[k]!;
    const look = numeric === true ? ' class="number"' : '';
    return `<td${look} data-title="${escapeText(title)}">${cellText(cell)}</td>`;
  });
  return `<tr>${shown.join('')}</tr>`;
}

function tableOf({ caption, columns, rows }: Table): string {
  const head = columns.map(
    ({ title, numeric }) =>
      `<th scope="col"${numeric === true ? ' class="number"' : ''}>${escapeText(title)}</th>`,
  );
  const total = columns.reduce((sum, { weight }) => sum + weight, 0);
  const widths = columns.map(({ weight }) => `<col width="${Math.round((100 * weight) / total)}%">`);
  const body = rows.map(row => rowOf(row, columns)).join('\n');
  return `<div class="scroll"><table class="stack"><caption>${escapeText(caption)}</caption><colgroup>${widths.join('')}</colgroup><thead><tr>${head.join('')}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
}

function blockOf(block: Block, document: ReportDocument): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level} id="${block.id}">${escapeText(block.text)}</h${block.level}>`;
    case 'paragraph':
      return `<p class="${block.tone}">${lines(block.text)}</p>`;
    case 'table':
      return tableOf(block);
    case 'figure':
      return `<figure>${pictureSvg(block.picture)}</figure>`;
    case 'facts': {
      const facts = block.facts.map(
        ([name, value]) => `<dt>${escapeText(name)}</dt><dd>${lines(value)}</dd>`,
      );
      return `<dl>${facts.join('')}</dl>`;
    }
    case 'group':
      return `<section>${block.blocks.map(each => blockOf(each, document)).join('\n')}</section>`;
    case 'contents': {
      const items = sectionsOf(document).map(
        ({ id, text }) => `<li><a href="#${id}">${escapeText(text)}</a></li>`,
      );
      return `<nav aria-label="Sections"><ul>${items.join('')}</ul></nav>`;
    }
  }
}

/** The content of the page's one `<style>`, of which a Content-Security-Policy may hold the hash. */
export const reportStyle = style;

/**
 * A document as one HTML file that loads nothing and runs nothing; `styleHash` is the base64 SHA-256 of `reportStyle`: its own
 * policy allows that style only.
 */
export function documentHtml(document: ReportDocument, styleHash: string): string {
  const { title, subtitle, blocks } = document;
  const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'`;
  const body = blocks.map(block => blockOf(block, document)).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(`${title}, ${subtitle.split(' (')[0]}`)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeText(title)}</h1>
<p class="subtitle">${escapeText(subtitle)}</p>
${body}
</main>
</body>
</html>
`;
}
