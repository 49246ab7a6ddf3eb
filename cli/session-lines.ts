import { splitCsvLine } from './csv.ts';
import { InputError } from './exit.ts';
import { readLines } from './line-reader.ts';

/** A session of a file: what its lines say, in order, as numbers. */
export interface Session {
  readonly id: string;
  readonly templates: Int32Array;
}

/** Gives each template, a text or a number, a number of its own, from 0. */
export class TemplateNumbers {
  readonly #numbers = new Map<string, number>();

  get size(): number {
    return this.#numbers.size;
  }

  of(template: string): number {
    const known = this.#numbers.get(template);
    if (known !== undefined) return known;
    const fresh = this.#numbers.size;
    this.#numbers.set(template, fresh);
    return fresh;
  }
}

function isTemplate(value: unknown): value is string | number {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new InputError(`${where}: not JSON (${error instanceof Error ? error.message : String(error)})`);
  }
}

function jsonSession(line: string, numbers: TemplateNumbers, where: string): Session {
  const value = parseJson(line, where);
  const told = `must be {"id": ..., "templates": [...]}`;
  if (typeof value !== 'object' || value === null || !('id' in value) || !('templates' in value))
    throw new InputError(`${where}: the line ${told}, not ${line.slice(0, 60)}`);
  const { id, templates } = value;
  if (!isTemplate(id)) throw new InputError(`${where}: "id" must be a text or a number`);
  if (!Array.isArray(templates))
    throw new InputError(`${where}: "templates" must be a list; the line ${told}`);
  const wrong = templates.findIndex(template => !isTemplate(template));
  if (wrong >= 0)
    throw new InputError(
      `${where}: templates[${wrong}] is ${JSON.stringify(templates[wrong])}; each must be a text or a number`,
    );
  return { id: String(id), templates: Int32Array.from(templates, template => numbers.of(String(template))) };
}

function csvSession(line: string, numbers: TemplateNumbers, where: string): Session {
  const fields = splitCsvLine(line);
  if (fields?.length !== 2)
    throw new InputError(
      `${where}: must be id,template numbers separated by blanks, or JSON {"id", "templates"}; got "${line.slice(0, 60)}"`,
    );
  const words = fields[1]!.split(/\s+/).filter(word => word !== '');
  const wrong = words.find(word => !/^\d+$/.test(word));
  if (wrong !== undefined)
    throw new InputError(`${where}: "${wrong.slice(0, 40)}" is not the number of a template`);
  return { id: fields[0]!, templates: Int32Array.from(words, word => numbers.of(word)) };
}

/**
 * Log sessions of a file, `-` is standard input, `.gz` is unpacked: JSON lines `{id, templates}` (other fields are not read) or CSV
 * without a header, `id,template numbers separated by blanks`, as its first line shows. Empty lines are passed over. Throws an
 * InputError with file and line.
 */
export async function* readSessions(file: string, numbers: TemplateNumbers): AsyncGenerator<Session> {
  let row = 0;
  let parse: typeof jsonSession | undefined;
  for await (const lines of readLines(file))
    for (const line of lines) {
      row++;
      if (line.trim() === '') continue;
      parse ??= /^\s*[{[]/.test(line) ? jsonSession : csvSession;
      yield parse(line, numbers, `${file}:${row}`);
    }
}
