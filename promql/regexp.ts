import { RE2JS, RE2JSException } from 're2js';
import type { Matcher } from './ast.ts';
import { PromqlError } from './parse.ts';

/** Compiled expressions, for the next query that has them. */
const kept = new Map<string, RE2JS>();
const mostKept = 200;

/**
 * A regular expression as Prometheus reads it: the syntax of RE2, anchored at both ends, `.` matches line ends too. Its time is linear
 * in the text, whatever the expression. Throws a PromqlError at `at` for a wrong one.
 */
export function anchored(source: string, at: number): RE2JS {
  const known = kept.get(source);
  if (known !== undefined) return known;
  try {
    const made = RE2JS.compile(`^(?s:${source})$`);
    if (kept.size >= mostKept) kept.clear();
    kept.set(source, made);
    return made;
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new PromqlError(error.message, at);
  }
}

/** Whether a label's value passes a matcher; a label that is not there counts as empty. */
export function matcherTest({ op, value, at }: Matcher): (text: string) => boolean {
  if (op === '=') return text => text === value;
  if (op === '!=') return text => text !== value;
  const wanted = op === '=~';
  const pattern = anchored(value, at);
  const words = /^[\w :/-]*(\|[\w :/-]*)*$/.test(value) ? new Set(value.split('|')) : undefined;
  if (words !== undefined) return text => words.has(text) === wanted;
  return text => pattern.test(text) === wanted;
}
