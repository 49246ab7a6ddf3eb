import type { IndicatorType, IndicatorValue } from '../core/indicator.ts';
import { parseIpv4, parseIpv6 } from '../core/ip-address.ts';

/** What a pattern names; or why a line of a log cannot tell it. */
export type PatternResult =
  | { readonly values: readonly IndicatorValue[] }
  | { readonly refused: 'invalid_pattern' | 'unsupported_pattern'; readonly what: string };

/** Part of a pattern: what it names, and whether it also asks for what a line cannot tell. */
interface Part {
  readonly values: readonly IndicatorValue[];
  readonly more: boolean;
}

interface Token {
  readonly kind: 'text' | 'path' | 'sign' | 'word' | 'other';
  readonly text: string;
}

const deepest = 50;
const tokenForm =
  /\s*(?:'((?:[^'\\]|\\.)*)('?)|([a-z0-9-]{1,250}:(?:'[^']*'|"[^"]*"|\[[\d*]+\]|[^\s=!<>()'"[\],])+)|(!=|<=|>=|[=<>()[\],])|([A-Za-z]+)|(\S))/gy;

function tokensOf(pattern: string): readonly Token[] {
  return [...pattern.matchAll(tokenForm)].map(([, text, quote, path, sign, word, other = '']) => {
    if (quote === '') throw invalid('a text that does not end');
    if (text !== undefined) return { kind: 'text', text: text.replace(/\\(.)/g, '$1') };
    if (path !== undefined) return { kind: 'path', text: path };
    if (sign !== undefined) return { kind: 'sign', text: sign };
    return word === undefined ? { kind: 'other', text: other } : { kind: 'word', text: word.toUpperCase() };
  });
}

class PatternError extends Error {
  readonly refused: 'invalid_pattern' | 'unsupported_pattern';
  constructor(refused: 'invalid_pattern' | 'unsupported_pattern', message: string) {
    super(message);
    this.refused = refused;
  }
}
const invalid = (what: string) => new PatternError('invalid_pattern', what);
const unsupported = (what: string) => new PatternError('unsupported_pattern', what);

/** Reads the tokens of one pattern once, from the left. */
class PatternReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): readonly IndicatorValue[] {
    const values = this.#observations();
    if (this.#at < this.#tokens.length) throw invalid(`"${this.#peek().slice(0, 40)}" where it should end`);
    return values;
  }

  #peek(): string {
    const token = this.#tokens[this.#at];
    return token === undefined || token.kind === 'text' ? '' : token.text;
  }

  #take(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw invalid(`no "${text}" at part ${this.#at + 1}`);
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > deepest) throw invalid(`parentheses deeper than ${deepest}`);
    const result = read();
    this.#depth--;
    this.#expect(')');
    return result;
  }

  /** One observation of several is enough only where they stand as alternatives. */
  #observations(): readonly IndicatorValue[] {
    const values = [...this.#observation()];
    while (this.#take('OR')) values.push(...this.#observation());
    const next = this.#peek();
    if (next === 'AND' || next === 'FOLLOWEDBY') throw unsupported(`several observations with ${next}`);
    if (['WITHIN', 'REPEATS', 'START'].includes(next)) throw unsupported(`the qualifier ${next}`);
    return values;
  }

  #observation(): readonly IndicatorValue[] {
    if (this.#take('(')) return this.#nested(() => this.#observations());
    this.#expect('[');
    const { values } = this.#alternatives();
    this.#expect(']');
    return values;
  }

  #alternatives(): Part {
    const parts = [this.#conjunction()];
    while (this.#take('OR')) parts.push(this.#conjunction());
    return { values: parts.flatMap(({ values }) => values), more: parts.some(({ more }) => more) };
  }

  #conjunction(): Part {
    const parts = [this.#comparison()];
    while (this.#take('AND')) parts.push(this.#comparison());
    return parts.length === 1 ? parts[0]! : together(parts);
  }

  #comparison(): Part {
    if (this.#take('(')) return this.#nested(() => this.#alternatives());
    const path = this.#tokens[this.#at++];
    if (path?.kind !== 'path') throw invalid(`no object path at part ${this.#at}`);
    const isNot = this.#take('NOT');
    const operator = this.#peek();
    this.#at++;
    const texts = operator === 'IN' ? this.#list() : [this.#literal()];
    const known = ['=', 'IN', 'ISSUBSET'].includes(operator) && !isNot;
    if (!known && !/^(?:!=|[<>]=?|=|IN|LIKE|MATCHES|ISSUBSET|ISSUPERSET)$/.test(operator))
      throw invalid(`no comparison after ${path.text.slice(0, 60)}`);
    const values = known ? texts.flatMap(text => namedBy(path.text, text) ?? []) : [];
    return { values, more: values.length === 0 };
  }

  #list(): readonly string[] {
    this.#expect('(');
    const texts = [this.#literal()];
    while (this.#take(',')) texts.push(this.#literal());
    this.#expect(')');
    return texts;
  }

  /** Numbers and the like are read over: nothing that is looked for is one. */
  #literal(): string {
    const first = this.#tokens[this.#at++];
    if (first === undefined || first.kind === 'sign') throw invalid(`no value at part ${this.#at}`);
    if (first.kind === 'text') return first.text;
    while (this.#tokens[this.#at]?.kind === 'other') this.#at++;
    const isTyped = first.kind === 'word' && this.#tokens[this.#at]?.kind === 'text';
    if (isTyped) this.#at++;
    return '';
  }
}

/** What tells most stands for the whole of parts that must hold together: a hash alone names a file, a URL a place. */
const strength: readonly (readonly IndicatorType[])[] = [['hash'], ['url'], ['domain', 'email']];

function together(parts: readonly Part[]): Part {
  const values = parts.flatMap(part => part.values);
  for (const types of strength) {
    const strong = values.filter(({ type }) => types.includes(type));
    if (strong.length > 0) return { values: strong, more: true };
  }
  if (values.length > 0) throw unsupported('an address together with what a line cannot tell');
  return { values: [], more: true };
}

const simple: Readonly<Record<string, IndicatorType>> = {
  'domain-name:value': 'domain',
  'url:value': 'url',
  'email-addr:value': 'email',
  'email-message:from_ref.value': 'email',
  'email-message:sender_ref.value': 'email',
};
const hashPath =
  /^(?:file|artifact|x509-certificate):(?:[\w.]*\.)?hashes\.['"]?(?:md5|sha-?1|sha-?\d{3}|sha3-\d{3})['"]?$/i;
const addressPath = /^(?:ipv4-addr:value|ipv6-addr:value|network-traffic:(?:src|dst)_ref\.value)$/;

/** What a comparison names, as far as lines of logs can tell it. */
function namedBy(path: string, value: string): IndicatorValue | undefined {
  if (hashPath.test(path)) return { type: 'hash', value };
  if (addressPath.test(path)) {
    const address = value.split('/')[0] ?? '';
    if (parseIpv4(address) !== undefined) return { type: 'ipv4', value };
    if (parseIpv6(address) !== undefined) return { type: 'ipv6', value };
    return path.startsWith('network') ? { type: 'domain', value } : { type: 'ipv4', value };
  }
  const type = simple[path];
  return type === undefined ? undefined : { type, value };
}

/**
 * What a pattern of STIX 2.1 (part 9) names that a log line may hold: addresses, networks, domain names, URLs, hashes and mail
 * addresses compared by `=`, `IN` or `ISSUBSET`. Alternatives (`OR`) are all taken; of what must hold together (`AND`) that which tells
 * most. Never throws.
 */
export function readPattern(pattern: string): PatternResult {
  try {
    const values = new PatternReader(tokensOf(pattern)).whole();
    if (values.length > 0) return { values };
    return { refused: 'unsupported_pattern', what: 'it names nothing that stands in log lines' };
  } catch (error) {
    if (error instanceof PatternError) return { refused: error.refused, what: error.message };
    throw error;
  }
}
