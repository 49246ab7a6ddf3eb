import type { Labels } from '../core/labels.ts';
import { checksum, type FileSource, type Place } from './file-source.ts';
import { familyOf } from './file-tail-family.ts';
import type { LineJoiner } from './multiline.ts';

/** So many of the first bytes tell a file from another one with the same inode. */
export const headLength = 256;
/** So many of the bytes before a mark are read again with what follows it: they tell that it still follows. */
export const tailLength = 64;

/** A place between two bytes, and the checksum of the bytes before it (at most `tailLength`). */
export interface Mark {
  readonly at: number;
  readonly tail: number;
}

export const beginning: Mark = { at: 0, tail: checksum(new Uint8Array()) };

/** The checksum of the first `length` bytes, at most `headLength`. */
export interface Head {
  readonly sum: number;
  readonly length: number;
}

/**
 * One content that is read, whatever its file is called by now: a rotation by rename gives it another path, one by copy
 * another file. Made when a file is found (or read from a position), dropped when its file is long gone.
 */
export interface Stream {
  /** Where it lies, or lay last. */
  path: string;
  /** Where it was found first; its label `filename`. */
  readonly origin: string;
  /** See `familyOf`. */
  readonly family: string;
  readonly labels: Labels;
  /** The file; undefined when none that we know holds the content any more (cut, or deleted). */
  place: { readonly dev: number; readonly ino: number } | undefined;
  gzip: boolean;
  head: Head;
  /** Everything before was handed out. */
  handed: Mark;
  /** Everything before was read; lines between the two wait in `joiner`. */
  read: Mark;
  /** The mark stands inside of a line of which the rest is skipped. */
  skipping: boolean;
  readonly joiner: LineJoiner | undefined;
  source: FileSource | undefined;
  /** Size and time of its last change as they were seen last. */
  size: number;
  mtime: number;
  /** When anything of it was read last, and since when another file (or none) lies where it was; ms of the monotonic clock. */
  readAt: number;
  displacedAt: number | undefined;
  /** Its file has a name that no glob matches: it is given up when nothing is written to it any more. */
  outside: boolean;
  /** Read to its end, and nothing is expected any more. */
  finished: boolean;
  /** From a position: not yet compared with what lies there. */
  unverified: boolean;
  /** The content that comes before it at the same path: read to its end first. */
  after: Stream | undefined;
  /** There may be more right now. */
  busy: boolean;
}

/** What a stream begins with; the rest has one value at the beginning. */
export interface StreamSeed {
  readonly place: Place;
  /** Where the content before it was found first, when it continues one. */
  readonly origin: string;
  readonly labels: Labels;
  readonly joiner: LineJoiner | undefined;
  readonly now: number;
}

export function createStream({ place, origin, labels, joiner, now }: StreamSeed): Stream {
  return {
    path: place.path,
    origin,
    family: familyOf(origin),
    labels,
    place: { dev: place.dev, ino: place.ino },
    gzip: place.path.endsWith('.gz'),
    head: { sum: beginning.tail, length: 0 },
    handed: beginning,
    read: beginning,
    skipping: false,
    joiner,
    source: undefined,
    size: place.size,
    mtime: place.mtime,
    readAt: now,
    displacedAt: undefined,
    outside: false,
    finished: false,
    unverified: false,
    after: undefined,
    busy: true,
  };
}

/** Gives its file back; the content stays known. */
export function closeSource(stream: Stream): void {
  stream.source?.close();
  stream.source = undefined;
}

/** Forgets what was read and not handed out: it is read again from where it is now. */
export function rewind(stream: Stream): void {
  stream.joiner?.flush();
  stream.read = stream.handed;
}
