/** One wrong place in a file; `line` and `column` count from 1, `path` is as in `packs[0].match`. */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

/** `file:line:column: path: message`, as compilers write it. */
export function formatMistake(mistake: Mistake): string {
  const path = mistake.path === '' ? '' : `${mistake.path}: `;
  return `${mistake.file}:${mistake.line}:${mistake.column}: ${path}${mistake.message}`;
}
