import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { html, type Markup } from './html.ts';

/** Name of an alert -> the text of its page; the folder is looked for upwards from this module. */
export function builtinRunbooks(): ReadonlyMap<string, string> {
  let root = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(root, 'docs/runbooks')) && root !== path.dirname(root))
    root = path.dirname(root);
  const folder = path.join(root, 'docs/runbooks');
  if (!existsSync(folder)) return new Map();
  const files = readdirSync(folder).filter(name => name.endsWith('.md'));
  return new Map(
    files.sort().map(name => [name.slice(0, -3), readFileSync(path.join(folder, name), 'utf8')]),
  );
}

/** Code, strong words and links to other runbooks; everything else is text. */
function inline(text: string): Markup[] {
  const parts = text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\(\w+\.md\))/);
  return parts.map(part => {
    const [, label, name] = /^\[(.+)\]\((\w+)\.md\)$/.exec(part) ?? [];
    if (name !== undefined) return html`<a href="/runbooks/${name}">${label}</a>`;
    if (part.startsWith('`')) return html`<code>${part.slice(1, -1)}</code>`;
    if (part.startsWith('**')) return html`<strong>${part.slice(2, -2)}</strong>`;
    return html`${part}`;
  });
}

function block(text: string): Markup {
  const [first = ''] = text.split(' ', 1);
  const rest = text.slice(first.length + 1);
  if (first === '#') return html`<h1>${inline(rest)}</h1>`;
  if (first === '##') return html`<h2>${inline(rest)}</h2>`;
  const items = (mark: RegExp) =>
    text.split('\n').map(line => html`<li>${inline(line.replace(mark, ''))}</li>`);
  if (first === '-') return html`<ul>${items(/^- /)}</ul>`;
  if (first === '1.') return html`<ol>${items(/^\d+\. /)}</ol>`;
  return html`<p>${inline(text.replaceAll('\n', ' '))}</p>`;
}

/** A runbook as markup. It reads the part of Markdown that our pages use: headings, lists of one line, paragraphs. */
export function runbookSections(text: string): Markup {
  return html`${text
    .trim()
    .split(/\n{2,}/)
    .map(block)}`;
}

/** The list of all runbooks. */
export function runbookIndex(names: Iterable<string>): Markup {
  const rows = [...names].map(name => html`<li><a data-stop href="/runbooks/${name}">${name}</a></li>`);
  return html`<h1>Runbooks</h1><ul class="plain">${rows}</ul>`;
}
