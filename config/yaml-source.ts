import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from 'yaml';
import type { z } from 'zod';
import { issueWords } from './issue-words.ts';
import type { Mistake } from './mistake.ts';
import { nearest } from './nearest.ts';
import { redact } from './redact.ts';
import { offsetInSource } from './scalar-offset.ts';
import { keysAt } from './schema-keys.ts';
import { syntaxFaults } from './yaml-syntax.ts';

/** Keys from the root of a YAML document to a node. */
export type Path = readonly PropertyKey[];

/** A YAML text with the place of each of its nodes. */
export class YamlSource {
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed;
  readonly #file: string;
  readonly #text: string;

  /** What stood in a string before its variables were filled in: a value of the environment is never repeated. */
  readonly #unexpanded = new Map<Node, string>();

  constructor(file: string, text: string) {
    this.#file = file;
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false, merge: true });
  }

  /** What is wrong with the YAML itself; unless it is `readable` there is nothing else to check. */
  syntax(): { readonly mistakes: readonly Mistake[]; readonly readable: boolean } {
    const faults = syntaxFaults(this.#document, this.#text);
    return {
      mistakes: faults.map(({ offset, message }) => this.#at(offset, [], message)),
      readable: faults.every(fault => !fault.fatal),
    };
  }

  /** The document as plain data; an empty one is an empty map. */
  value(): unknown {
    const value: unknown = this.#document.toJS({ maxAliasCount: 100 });
    return value ?? {};
  }

  /** Replaces `${NAME}` in every string by the environment's value; a variable that is not set is a mistake. */
  expand(env: Readonly<Record<string, string | undefined>>): Mistake[] {
    const mistakes: Mistake[] = [];
    visit(this.#document, {
      Scalar: (key, node, ancestors) => {
        if (key === 'key' || typeof node.value !== 'string') return;
        const before = node.value;
        node.value = before.replace(/\$\{(\w+)\}/g, (text, name: string) => {
          const found = env[name];
          if (found !== undefined) return found;
          const path = pathOf([...ancestors, node]);
          mistakes.push(this.mistake(path, `the environment variable ${name} is not set`));
          return text;
        });
        if (node.value !== before) this.#unexpanded.set(node, before);
      },
    });
    return mistakes;
  }

  /** Every issue of a schema of what stands at `place`, at the node that it is about; an unknown key at the key itself. */
  schemaMistakes(error: z.ZodError, schema: z.ZodType, place: Path = []): Mistake[] {
    return error.issues.flatMap(issue => {
      const path = [...place, ...issue.path];
      if (issue.code === 'invalid_key')
        return [this.keyMistake(path, `${issueWords(issue, undefined)} (got "${String(path.at(-1))}")`)];
      if (issue.code !== 'unrecognized_keys') return [this.mistake(path, this.#told({ ...issue, path }))];
      const known = keysAt(schema, issue.path);
      return issue.keys.map(key =>
        this.keyMistake([...path, key], `unknown key "${key}"${nearest(key, known)}`),
      );
    });
  }

  /** A mistake at a node, or at its nearest parent that is written; `offset` counts in the string's own text. */
  mistake(path: Path, message: string, offset = 0): Mistake {
    const { node, written } = this.#node(path);
    const start = node?.range?.[0] ?? 0;
    return this.#at(start + this.#sourceOffset(node, offset), written, message);
  }

  #told(issue: z.core.$ZodIssue): string {
    const { node } = this.#node(issue.path);
    const value: unknown = isScalar(node) ? (this.#unexpanded.get(node) ?? node.value) : undefined;
    const words = issueWords(issue, value);
    const secret = issue.path.some(key =>
      /^(password|credentials|headers|basic_auth_users)$/.test(String(key)),
    );
    const scalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
    if (secret || !scalar || words.includes('(got ')) return words;
    return `${words} (got ${JSON.stringify(redact(value))})`;
  }

  /** A mistake at the key of the last node of a path. */
  keyMistake(path: Path, message: string): Mistake {
    const { parent, written } = this.#node(path);
    const key = path.at(-1);
    const pair = isMap(parent)
      ? parent.items.find(item => isScalar(item.key) && item.key.value === key)
      : undefined;
    const at = isScalar(pair?.key) ? pair.key.range?.[0] : parent?.range?.[0];
    return this.#at(at ?? 0, written, message);
  }

  /** The node at a path or the nearest one above it, and the path as it is written. */
  #node(path: Path): { node: Node | null; parent: Node | null; written: Path } {
    let node: Node | null = this.#document.contents;
    let parent: Node | null = null;
    // A single object may stand where a list of one is meant.
    const written = path.filter((key, i) => typeof key !== 'number' || this.#isList(path.slice(0, i)));
    for (const key of written) {
      if (!isMap(node) && !isSeq(node)) break;
      parent = node;
      const next: unknown = node.get(key, true);
      if (isMap(next) || isSeq(next) || isScalar(next)) node = next;
      else if (isAlias(next)) node = next.resolve(this.#document) ?? node;
      else break;
    }
    return { node, parent, written };
  }

  #isList(path: Path): boolean {
    const node = this.#document.getIn(path, true);
    return isSeq(isAlias(node) ? node.resolve(this.#document) : node);
  }

  /** Where in the file the character `offset` of a string stands, from the start of its node. */
  #sourceOffset(node: Node | null, offset: number): number {
    if (offset === 0 || !isScalar(node) || node.range == null || this.#unexpanded.has(node)) return 0;
    const source = this.#text.slice(node.range[0], node.range[1]);
    return offsetInSource({ value: String(node.value), source, type: node.type }, offset);
  }

  #at(offset: number, path: Path, message: string): Mistake {
    const { line, col } = this.#lines.linePos(offset);
    // A byte order mark takes no column in an editor.
    const mark = line <= 1 && this.#text.startsWith('\ufeff') ? 1 : 0;
    return {
      file: this.#file,
      line: Math.max(1, line),
      column: Math.max(1, col - mark),
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

/** The keys that lead to the last of `nodes`, which stand from the document inwards. */
function pathOf(nodes: readonly unknown[]): Path {
  return nodes.flatMap((node, i): PropertyKey[] => {
    const next = nodes[i + 1];
    if (isPair(node)) return isScalar(node.key) ? [String(node.key.value)] : [];
    return isSeq(node) && isNode(next) ? [node.items.indexOf(next)] : [];
  });
}
