import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import type { Mistake } from './mistake.ts';
import { redact } from './redact.ts';

/** Keys from the root of a YAML document to a node. */
export type Path = readonly PropertyKey[];

/** A YAML text with the place of each of its nodes. */
export class YamlSource {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #file: string;
  readonly #text: string;

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  /** What keeps the text from being YAML at all. */
  syntaxMistakes(): Mistake[] {
    return this.#document.errors.map(error => this.#at(error.pos[0], [], error.message));
  }

  value(): unknown {
    const value: unknown = this.#document.toJS({ maxAliasCount: 100 });
    return value ?? {};
  }

  /** Replaces `${NAME}` in every string by the environment's value; a variable that is not set is a mistake. */
  expand(env: Readonly<Record<string, string | undefined>>): Mistake[] {
    const mistakes: Mistake[] = [];
    visit(this.#document, {
      Scalar: (key, node) => {
        if (key === 'key' || typeof node.value !== 'string') return;
        node.value = node.value.replace(/\$\{(\w+)\}/g, (text, name: string) => {
          const found = env[name];
          if (found !== undefined) return found;
          mistakes.push(this.#at(node.range?.[0] ?? 0, [], `the environment variable ${name} is not set`));
          return text;
        });
      },
    });
    return mistakes;
  }

  /** Every issue of a schema at the node that it is about; an unknown key at the key itself. */
  schemaMistakes(error: z.ZodError): Mistake[] {
    return error.issues.flatMap(issue => {
      if (issue.code !== 'unrecognized_keys') return [this.mistake(issue.path, this.#told(issue))];
      return issue.keys.map(key => this.#unknownKey([...issue.path, key]));
    });
  }

  /** A mistake at a node, or at its nearest parent that is written; `offset` counts in the string's own text. */
  mistake(path: Path, message: string, offset = 0): Mistake {
    const node = this.#node(path).node;
    const start = node?.range?.[0] ?? 0;
    return this.#at(start + this.#sourceOffset(node, offset), path, message);
  }

  #told(issue: z.core.$ZodIssue): string {
    if (issue.message.endsWith('received undefined')) return 'is required';
    const secret = issue.path.some(key => /^(password|credentials|headers)$/.test(String(key)));
    const { node } = this.#node(issue.path);
    const value: unknown = isScalar(node) ? node.value : undefined;
    const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (secret || !scalar || issue.message.includes('(got ')) return issue.message;
    return `${issue.message} (got ${JSON.stringify(redact(value))})`;
  }

  #unknownKey(path: Path): Mistake {
    const { parent } = this.#node(path);
    const key = path.at(-1);
    const pair = isMap(parent)
      ? parent.items.find(item => isScalar(item.key) && item.key.value === key)
      : undefined;
    const at = isScalar(pair?.key) ? pair.key.range?.[0] : parent?.range?.[0];
    return this.#at(at ?? 0, path, `unknown key "${String(key)}"`);
  }

  #node(path: Path): { node: Node | null; parent: Node | null } {
    let node: Node | null = this.#document.contents;
    let parent: Node | null = null;
    for (const key of path) {
      // A single object may stand where a list of one is meant.
      if (typeof key === 'number' && !isSeq(node)) continue;
      if (!isMap(node) && !isSeq(node)) break;
      parent = node;
      const next: unknown = node.get(key, true);
      if (isMap(next) || isSeq(next) || isScalar(next)) node = next;
      else if (isAlias(next)) node = next.resolve(this.#document) ?? node;
      else break;
    }
    return { node, parent };
  }

  /** Where in the file the character `offset` of a string stands, from the start of its node. */
  #sourceOffset(node: Node | null, offset: number): number {
    if (offset === 0 || !isScalar(node) || node.range == null) return 0;
    const source = this.#text.slice(node.range[0], node.range[1]);
    if (node.type === 'PLAIN' && !source.includes('\n')) return offset;
    if (node.type?.startsWith('QUOTE') && !source.includes('\n')) return offset + 1;
    if (!node.type?.startsWith('BLOCK')) return 0;
    const lines = source.split('\n');
    let rest = offset;
    let at = (lines[0]?.length ?? 0) + 1;
    const indent =
      lines
        .slice(1)
        .find(line => line.trim() !== '')
        ?.search(/\S/) ?? 0;
    for (const line of lines.slice(1)) {
      const length = Math.max(0, line.length - indent);
      if (rest <= length) return at + indent + rest;
      rest -= length + 1;
      at += line.length + 1;
    }
    return 0;
  }

  #at(offset: number, path: Path, message: string): Mistake {
    const { line, col } = this.#lines.linePos(offset);
    return {
      file: this.#file,
      line: Math.max(1, line),
      column: Math.max(1, col),
      path: pathText(path),
      message,
    };
  }
}

function pathText(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, '');
}
