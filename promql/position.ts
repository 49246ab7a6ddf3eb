import type { PromqlError } from './parse.ts';

/** Line and column of an offset as Prometheus counts them: both from 1, columns in bytes of UTF-8. */
export function placeOf(query: string, offset: number): string {
  const before = query.slice(0, offset);
  const line = before.split('\n').length;
  const inLine = before.slice(before.lastIndexOf('\n') + 1);
  return `${line}:${new TextEncoder().encode(inLine).length + 1}`;
}

/** The words with which Prometheus refuses a query that cannot be read: `1:5: parse error: ...`. */
export function parseErrorText(query: string, { message, offset }: PromqlError): string {
  return `${placeOf(query, offset)}: parse error: ${message}`;
}
