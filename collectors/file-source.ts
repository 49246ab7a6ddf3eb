import { closeSync, createReadStream, fstatSync, openSync, read, readSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { createGunzip } from 'node:zlib';

/** The bytes of one file as they are to be read: those of a .gz file inflated. Opened, read, closed. */
export interface FileSource {
  /** Fills `into` with the bytes from `at` on; fewer at the end of what is there. `at` never goes back by much. */
  read(into: Buffer, at: number): Promise<number>;
  close(): void;
}

/** A file as the file system knows it. */
export interface Place {
  readonly path: string;
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtime: number;
}

/** What lies at `path`; undefined when nothing does, or no regular file. Throws what the file system says otherwise. */
export function placeAt(path: string): Place | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return undefined;
  return { path, dev: stat.dev, ino: stat.ino, size: stat.size, mtime: stat.mtimeMs };
}

/** Another file lies where one was a moment ago. */
export class MovedError extends Error {
  constructor(path: string) {
    super(`${path}: another file lies there by now`);
    this.name = 'MovedError';
  }
}

/** A file by its identity, and where it was seen last. */
export type Where = Pick<Place, 'path' | 'dev' | 'ino'>;

function openSame({ path, dev, ino }: Where): number {
  const fd = openSync(path, 'r');
  const now = fstatSync(fd);
  if (now.dev === dev && now.ino === ino) return fd;
  closeSync(fd);
  throw new MovedError(path);
}

/** Up to `length` bytes of a plain file from `at` on. Throws a MovedError, or what the file system says. */
export function bytesAt(where: Where, at: number, length: number): Buffer {
  const fd = openSame(where);
  try {
    const into = Buffer.allocUnsafe(length);
    return into.subarray(0, readSync(fd, into, 0, length, at));
  } finally {
    closeSync(fd);
  }
}

const readFd = promisify(read);

/** Opens a plain file. Throws a MovedError, or what the file system says. */
export function openPlain(where: Where): FileSource {
  const fd = openSame(where);
  return {
    read: async (into, at) => (await readFd(fd, into, 0, into.length, at)).bytesRead,
    close: () => closeSync(fd),
  };
}

/** Opens a .gz file, read from its beginning; `read` rejects when it is no gzip or ends too early. */
export function openGzip(path: string): FileSource {
  const file = createReadStream(path);
  const inflated = file.pipe(createGunzip());
  file.once('error', error => inflated.destroy(error));
  const chunks = inflated[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  let heldFrom = 0;
  let ended = false;
  return {
    async read(into, at) {
      while (!ended && heldFrom + held.length < at + into.length) {
        const keep = Math.min(Math.max(0, at - heldFrom), held.length);
        const next = await chunks.next();
        ended = next.done === true;
        heldFrom += keep;
        held = ended ? held.subarray(keep) : Buffer.concat([held.subarray(keep), next.value]);
      }
      return at < heldFrom ? 0 : held.copy(into, 0, at - heldFrom);
    },
    close() {
      file.destroy();
      inflated.destroy();
    },
  };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** True for bytes that are no gzip, or are damaged. */
export function isDamaged(error: unknown): boolean {
  return codeOf(error) === 'Z_DATA_ERROR';
}

/** True for gzip that ends too early: it may be written just now. */
export function isUnfinished(error: unknown): boolean {
  return codeOf(error) === 'Z_BUF_ERROR';
}

/** FNV-1a of the bytes, 32 bits (Fowler, Noll, Vo). */
export function checksum(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash >>> 0;
}
