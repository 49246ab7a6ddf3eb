/** Markup that is safe to send: made by `html` only, so a plain string never gets into a page unescaped. */
export class Markup {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toString(): string {
    return this.#text;
  }
}

/** What a hole of `html` takes; strings and numbers are escaped, lists are joined, undefined is nothing. */
export type Hole = Markup | string | number | undefined | readonly Hole[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, found => entities[found]!);
}

function render(hole: Hole): string {
  if (hole === undefined) return '';
  if (hole instanceof Markup) return hole.toString();
  if (typeof hole === 'string' || typeof hole === 'number') return escapeHtml(String(hole));
  return hole.map(render).join('');
}

/** A tagged template that escapes every hole. Attributes must be quoted in the template. */
export function html(parts: TemplateStringsArray, ...holes: readonly Hole[]): Markup {
  let text = parts[0]!;
  for (const [i, hole] of holes.entries()) text += render(hole) + parts[i + 1]!;
  return new Markup(text);
}

/** Markup that our own code made otherwise, such as an SVG chart. Never for text from outside. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** The address when it is a path of ours or http(s), else undefined: a `javascript:` link never reaches the page. */
export function safeLink(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  if (/^https?:\/\//i.test(address)) return URL.canParse(address) ? address : undefined;
  return /^\/(?![/\\])/.test(address) ? address : undefined;
}
