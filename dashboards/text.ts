/** Text for titles, where Grafana would replace `$name` and `[[name]]`: a word joiner takes their meaning, not their look. */
export function plainText(text: string): string {
  return text
    .replaceAll('$', '$\u2060')
    .replaceAll('[[', '[\u2060[')
    .replaceAll('{{', '{\u2060{')
    .replace(/\s+/g, ' ');
}

/** Text inside Markdown: no HTML, no Markdown, no variables. */
export function markdownText(text: string): string {
  return plainText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]()#!|~]/g, char => `\\${char}`);
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  $: '\\x24',
  '[': '\\x5b',
};

/** Half of a surrogate pair is no character: no label of Prometheus holds one. */
const halves = /\p{Surrogate}/gu;

function escaped(char: string): string {
  const code = char.charCodeAt(0);
  return escapes[char] ?? (code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : char);
}

/**
 * A matcher `name="value"` that means exactly `value`. `$` and `[` are written as hexadecimal escapes, which PromQL reads
 * and Grafana does not take for a variable.
 */
export function exactMatcher(name: string, value: string): string {
  return `${name}="${[...value.replace(halves, '\ufffd')].map(escaped).join('')}"`;
}

/** A stable identifier for Grafana: at most 40 of [a-zA-Z0-9_-]; what does not fit is told apart by a hash (FNV-1a, 32 bits). */
export function uidOf(...parts: readonly string[]): string {
  const whole = parts.join('-');
  const safe = whole.replace(/[^a-zA-Z0-9_-]+/g, '-');
  if (safe === whole && whole.length <= 40) return whole;
  let hash = 0x811c9dc5;
  for (let i = 0; i < whole.length; i++) hash = Math.imul(hash ^ whole.charCodeAt(i), 0x01000193);
  return `${safe.slice(0, 31)}-${(hash >>> 0).toString(16).padStart(8, '0')}`;
}
