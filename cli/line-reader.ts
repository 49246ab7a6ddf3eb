import { createReadStream, statSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { InputError } from './exit.ts';
import { createProgress, type Progress } from './progress.ts';

const mebibyte = 2 ** 20;
/** Smaller files are read before anybody wonders. */
const leastTold = 8 * mebibyte;

/** Progress in MiB for a large file on a terminal. */
function progressOf(file: string): Progress | undefined {
  if (file === '-' || !process.stderr.isTTY) return undefined;
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes < leastTold) return undefined;
  return createProgress({
    what: `${file}, MiB`,
    total: Math.ceil(bytes / mebibyte),
    clock: performance.now.bind(performance),
    write: text => process.stderr.write(text),
    terminal: true,
  });
}

function unreadable(file: string, error: unknown): InputError {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return new InputError(`${file}: cannot be read (${reason})`);
}

/** The text of a file as it comes; `.gz` is unpacked. */
async function* chunksOf(file: string): AsyncGenerator<string> {
  const raw = file === '-' ? process.stdin : createReadStream(file, { highWaterMark: 2 ** 18 });
  const bytes = file.endsWith('.gz') ? raw.pipe(createGunzip()) : raw;
  raw.on('error', (error: Error) => bytes.destroy(error));
  const progress = progressOf(file);
  const decoder = new TextDecoder();
  let told = 0;
  try {
    for await (const chunk of bytes) {
      yield decoder.decode(chunk, { stream: true });
      const read = 'bytesRead' in raw ? raw.bytesRead : 0;
      for (; told < Math.floor(read / mebibyte); told++) progress?.step();
    }
  } catch (error) {
    throw unreadable(file, error);
  } finally {
    progress?.end();
  }
  yield decoder.decode();
}

/**
 * Lines of a file, many at a time, without their ends (`\n` or `\r\n`), however large the file is; `-` is standard input. Throws an
 * InputError that names the file when it cannot be read to its end.
 */
export async function* readLines(file: string): AsyncGenerator<readonly string[]> {
  let rest = '';
  let first = true;
  for await (const chunk of chunksOf(file)) {
    const lines = (rest + (first ? chunk.replace(/^\uFEFF/, '') : chunk)).split('\n');
    first = false;
    rest = lines.pop()!;
    yield lines.map(line => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }
  if (rest !== '') yield [rest.endsWith('\r') ? rest.slice(0, -1) : rest];
}
