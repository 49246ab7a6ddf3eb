import { parser } from '@prometheus-io/lezer-promql';
import { PromqlError } from './parse.ts';

const strict = parser.configure({ strict: true });

/** Longest query that is read, in UTF-16 units. */
export const longestQuery = 100_000;

/** How deep expressions may be nested; a chain of operators nests as deep as it is long. */
export const deepest = 500;

/** What a query that is nested deeper is told. */
export function tooDeep(offset: number): PromqlError {
  return new PromqlError(`expressions are nested more than ${deepest} deep`, offset);
}

/**
 * The concrete tree of a query without any error in it. Throws a PromqlError with the words of Prometheus' own parser, or with
 * its own where the query is longer than `longestQuery`. It stops at the first wrong place, so its time is linear.
 */
export function strictTree(query: string) {
  if (query.length > longestQuery)
    throw new PromqlError(
      `the query has ${query.length} characters, more than the ${longestQuery} that are read: ask in parts`,
      0,
    );
  if (/^(?:\s|#[^\n]*(?:\n|$))*$/.test(query)) throw new PromqlError('no expression found in input', 0);
  if (query.length > deepest) refuseDeepBrackets(query);
  try {
    return strict.parse(query);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw described(query, Number(/\d+$/.exec(error.message)?.[0] ?? 0));
  }
}

const tokens =
  /\s+|#[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'|`[^`]*`|\d+(?:ms|[smhdwy])(?:\d+(?:ms|[smhdwy]))*|0x[\da-f]+|(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|[a-z_:][\w:]*|[=!]~|[=!<>]=|[-+*/%^=<>@(){}[\],]|[\s\S]/giuy;

interface Token {
  readonly text: string;
  readonly at: number;
}

/** The token at or behind `offset` and those before it, blanks and comments left out. */
function around(query: string, offset: number): { before: Token[]; next: Token | undefined } {
  const before: Token[] = [];
  for (const { 0: text, index: at } of query.matchAll(tokens)) {
    if (/^(\s|#)/.test(text)) continue;
    if (at >= offset) return { before, next: { text, at } };
    before.push({ text, at });
  }
  return { before, next: undefined };
}

/** Before the parser, whose time for such is not linear. */
function refuseDeepBrackets(query: string): void {
  let depth = 0;
  for (const { 0: text, index } of query.matchAll(tokens)) {
    if (text === '(') depth++;
    else if (text === ')') depth--;
    if (depth > deepest) throw tooDeep(index);
  }
}

/** What is open before the end of `before`, innermost last. */
function openBrackets(before: readonly Token[]): string[] {
  const open: string[] = [];
  for (const { text } of before) {
    if (/^[([{]$/.test(text)) open.push(text);
    else if (/^[)\]}]$/.test(text)) open.pop();
  }
  return open;
}

function described(query: string, offset: number): PromqlError {
  const { before, next } = around(query, offset);
  const open = openBrackets(before);
  const last = before.at(-1);
  // The parser gives up on such depths with whatever comes next.
  if (open.length > deepest && next !== undefined) return tooDeep(next.at);
  if (before.filter(({ text }) => operators.test(text)).length > deepest) return tooDeep(offset);
  if (next === undefined) return atEnd(query, open);
  const { text, at } = next;
  if (text === '(' && last !== undefined && /^[a-z_:]/i.test(last.text))
    return new PromqlError(`unknown function with name "${last.text}"`, last.at);
  if (text === ')' && !open.includes('(')) return new PromqlError("unexpected right parenthesis ')'", at + 1);
  if (/^["'`]$/.test(text)) return new PromqlError('unterminated quoted string', at);
  const { length } = text;
  if (length <= 2 && !/^[\w:=!<>@(){}[\],+*/%^~-]/u.test(text))
    return new PromqlError(`unexpected character: '${text}'`, at);
  if (text === '~' || text === '!') return new PromqlError(`unexpected character: '${text}'`, at);
  return new PromqlError(`unexpected ${nameOf(text)}${inBraces(open.at(-1), last?.text ?? '')}`, at);
}

function atEnd(query: string, open: readonly string[]): PromqlError {
  const words: Readonly<Record<string, string>> = {
    '(': 'unclosed left parenthesis',
    '[': 'unclosed left bracket',
    '{': 'unexpected end of input inside braces',
  };
  return new PromqlError(words[open.at(-1) ?? ''] ?? 'unexpected end of input', query.length);
}

/** What Prometheus' grammar expects at this place of a selector. */
function inBraces(innermost: string | undefined, last: string): string {
  if (innermost !== '{') return '';
  if (/^[=!]/.test(last)) return ' in label matching, expected string';
  if (/^[{,]$/.test(last)) return ' in label matching, expected identifier or "}"';
  if (/^["'`]/.test(last)) return ' in label matching, expected "," or "}"';
  return ' in label matching, expected label matching operator';
}

const aggregations =
  /^(avg|bottomk|count|count_values|group|max|min|quantile|stddev|stdvar|sum|topk|limitk|limit_ratio)$/i;
const keywords = /^(by|without|on|ignoring|group_left|group_right|bool|offset|start|end)$/i;
const operators = /^([-+*/%^<>@]|[=!<>]=|[=!]~|and|or|unless|atan2)$/i;

/** A token as Prometheus names it. */
function nameOf(text: string): string {
  if (operators.test(text)) return `<op:${text}>`;
  if (aggregations.test(text)) return `<aggr:${text}>`;
  if (keywords.test(text)) return `<${text}>`;
  if (/^["'`]/.test(text)) return `string ${quoted(text)}`;
  if (/^\d+(ms|[smhdwy])/.test(text)) return `duration ${quoted(text)}`;
  if (/^[\d.]/.test(text)) return `number ${quoted(text)}`;
  if (/^[a-z_]\w*$/i.test(text)) return `identifier ${quoted(text)}`;
  return /^[a-z_:]/i.test(text) ? `metric identifier ${quoted(text)}` : quoted(text);
}

function quoted(text: string): string {
  return text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text);
}
