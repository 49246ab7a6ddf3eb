import { z } from 'zod';
import type { Stream } from './file-tail-stream.ts';

const counted = z.number().nonnegative();
const entry = z.object({
  path: z.string(),
  origin: z.string(),
  dev: counted,
  ino: counted,
  fingerprint: z.tuple([counted, counted]),
  offset: counted,
  tail: counted,
  gzip: z.boolean().default(false),
  skipping: z.boolean().default(false),
  finished: z.boolean().default(false),
});
const position = z.object({ version: z.literal(1), files: z.array(entry) });

/** What a position keeps of one file: `fingerprint` is checksum and length of its first bytes, `tail` of those before `offset`. */
export type PositionEntry = z.output<typeof entry>;

/** The files of a stored position. Throws an Error that says why when it is none. */
export function readPosition(text: string): readonly PositionEntry[] {
  return position.parse(JSON.parse(text)).files;
}

function entryText(stream: Stream): string {
  const { path, origin, place, head, handed, gzip, skipping, finished } = stream;
  return JSON.stringify({
    path,
    origin,
    dev: place?.dev ?? 0,
    ino: place?.ino ?? 0,
    fingerprint: [head.sum, head.length],
    offset: handed.at,
    tail: handed.tail,
    ...(gzip ? { gzip } : {}),
    ...(skipping && handed.at === stream.read.at ? { skipping } : {}),
    ...(finished ? { finished } : {}),
  });
}

/** Writes positions: where each stream was handed out up to. The text of a stream that did not move is kept. */
export class PositionWriter {
  readonly #texts = new WeakMap<Stream, { readonly key: string; readonly text: string }>();

  write(streams: Iterable<Stream>): string {
    const files: string[] = [];
    for (const stream of streams) files.push(this.#textOf(stream));
    return `{"version":1,"files":[${files.join(',')}]}`;
  }

  #textOf(stream: Stream): string {
    const { path, place, head, handed, skipping, gzip, finished } = stream;
    const key = `${handed.at} ${place?.ino} ${head.length} ${skipping} ${finished} ${gzip} ${path}`;
    const known = this.#texts.get(stream);
    if (known?.key === key) return known.text;
    const text = entryText(stream);
    this.#texts.set(stream, { key, text });
    return text;
  }
}
