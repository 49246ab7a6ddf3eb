import {
  bytesAt,
  checksum,
  isDamaged,
  isUnfinished,
  openGzip,
  type Place,
  type Where,
} from './file-source.ts';
import { familyOf, membersOf, readablePlace } from './file-tail-family.ts';
import { closeSource, headLength, rewind, type Stream, tailLength } from './file-tail-stream.ts';

/** A file that is the same as the beginning of another one may be its copy, about to be cut: so long it is not begun. */
const copyWait = 10_000;

export interface MatchContext {
  readonly streams: Set<Stream>;
  /** ms of the monotonic clock. */
  readonly now: number;
  /** Makes the stream of a file that nothing is known of; `origin` names the family that it continues. */
  begin(place: Place, origin: Stream | undefined): Stream;
  /** A file that cannot be read now; it is tried again. */
  failed(place: Place, error: unknown): void;
  /** A .gz file that is none. */
  damaged(place: Place): void;
  /** Files that are held as possible copies, by key. */
  readonly held: Map<string, { readonly size: number; readonly since: number }>;
}

function keyOf({ dev, ino }: { readonly dev: number; readonly ino: number }): string {
  return `${dev}:${ino}`;
}

/**
 * Brings what is read and what lies there together: files that moved are followed, copies of what was cut are continued
 * where the original was left, and what is new is begun, the oldest first.
 */
export async function matchPlaces(places: readonly Place[], context: MatchContext): Promise<void> {
  const byKey = new Map<string, Place>();
  for (const place of [...places].sort((a, b) => (a.path < b.path ? -1 : 1)))
    if (!byKey.has(keyOf(place))) byKey.set(keyOf(place), place);
  const paths = new Set(places.map(({ path, ...place }) => `${keyOf(place)} ${path}`));
  for (const stream of context.streams) follow(stream, { byKey, paths, now: context.now });
  const known = new Set([...context.streams].flatMap(({ place }) => (place ? [keyOf(place)] : [])));
  const fresh = [...byKey.values()].filter(place => !known.has(keyOf(place)) && place.size > 0);
  fresh.sort((a, b) => a.mtime - b.mtime);
  const last = lastOfOrigins(context.streams);
  for (const place of fresh) {
    try {
      await settle(place, last, context);
    } catch (error) {
      const unfinished = isUnfinished(error);
      if (unfinished && isHeld(place, context)) continue;
      if (unfinished || isDamaged(error)) context.damaged(place);
      else context.failed(place, error);
    }
  }
  adoptOutsiders(new Set(byKey.keys()), context);
  for (const stream of context.streams) if (stream.place === undefined) stream.busy = false;
}

interface Found {
  readonly byKey: ReadonlyMap<string, Place>;
  /** Key and path of every file, also of further names of one file. */
  readonly paths: ReadonlySet<string>;
  readonly now: number;
}

/** Looks where the file of a stream is now; a stream whose file is nowhere has no place any more. */
function follow(stream: Stream, found: Found): void {
  if (stream.place === undefined) return;
  const place = whereNow(stream, keyOf(stream.place), found);
  if (place === undefined || place.path !== stream.path) stream.displacedAt ??= found.now;
  if (place === undefined) {
    if (stream.source === undefined) lose(stream, found.now);
    return;
  }
  stream.path = place.path;
  stream.outside = !found.byKey.has(keyOf(place));
  const changed = place.size !== stream.size || place.mtime !== stream.mtime;
  if (!stream.unverified && !changed) return;
  try {
    if (!holds(place, stream)) lose(stream, found.now);
    stream.unverified = false;
  } catch {
    // It moves this moment, or cannot be read: the next look tells.
  }
}

/** The file of a stream: where it was, at another path of the globs, or under a name that no glob matches. */
function whereNow(stream: Stream, key: string, { byKey, paths }: Found): Place | undefined {
  const place = byKey.get(key);
  if (place !== undefined)
    return paths.has(`${key} ${stream.path}`) ? { ...place, path: stream.path } : place;
  const there = readablePlace(stream.path);
  if (there !== undefined && keyOf(there) === key) return there;
  return membersOf(stream.family).find(each => keyOf(each) === key);
}

/** No file that we know holds the content any more. */
export function lose(stream: Stream, now: number): void {
  closeSource(stream);
  stream.place = undefined;
  stream.unverified = false;
  stream.displacedAt ??= now;
}

/** True when a plain file begins as the content did and has, before the mark, what was read there. */
function holds(where: Where, { head, handed, gzip }: Stream): boolean {
  if (gzip) return true;
  if (checksum(bytesAt(where, 0, head.length)) !== head.sum) return false;
  const tail = Math.min(tailLength, handed.at);
  const before = bytesAt(where, handed.at - tail, tail);
  return before.length === tail && checksum(before) === handed.tail;
}

/** The file of a stream, which has one. */
function whereOf({ path, place }: Stream): Where {
  return { path, dev: place?.dev ?? 0, ino: place?.ino ?? 0 };
}

/** What was rotated last of each log, by where it was found first. */
function lastOfOrigins(streams: Iterable<Stream>): Map<string, Stream> {
  const last = new Map<string, Stream>();
  for (const stream of streams) if (stream.displacedAt !== undefined) last.set(stream.origin, stream);
  return last;
}

/** What comes before a file: the rotated content of the same path, or of the one whose name it extends. */
function before(file: string, last: ReadonlyMap<string, Stream>): Stream | undefined {
  for (const [origin, stream] of last)
    if (file === origin || file.startsWith(`${origin}.`) || file.startsWith(`${origin}-`)) return stream;
  return undefined;
}

/** Continues, holds or begins a file that no stream has. */
async function settle(place: Place, last: Map<string, Stream>, context: MatchContext): Promise<void> {
  const family = familyOf(place.path);
  const kin = [...context.streams].filter(
    each => !each.gzip && each.head.length > 0 && each.family === family,
  );
  const gzip = place.path.endsWith('.gz');
  const first = gzip ? await inflatedHead(place.path) : undefined;
  const lost = kin.filter(each => each.place === undefined);
  const source = lost.find(each => (first === undefined ? copies(place, each) : startsLike(first, each)));
  if (source !== undefined) {
    adopt(source, place);
    return;
  }
  const whole = kin.filter(each => each.place !== undefined);
  // The original is being cut this moment: the next look knows more.
  if (whole.some(each => each.displacedAt === undefined && !holds(whereOf(each), each))) return;
  const twin = whole.some(each => (first === undefined ? isTwin(place, each) : startsLike(first, each)));
  if (twin && (gzip || isHeld(place, context))) return;
  begin(place, last, context);
}

function begin(place: Place, last: Map<string, Stream>, context: MatchContext): void {
  context.held.delete(keyOf(place));
  const former = before(place.path, last);
  const stream = context.begin(place, former);
  context.streams.add(stream);
  if (former === undefined) return;
  stream.after = former;
  last.set(former.origin, stream);
}

/** True for the copy of a content that was cut or deleted; what was appended to the original after the copy is not in it. */
function copies(place: Place, stream: Stream): boolean {
  if (place.size >= stream.handed.at) return holds(place, stream);
  return stream.head.length === headLength && startsLike(bytesAt(place, 0, headLength), stream);
}

function startsLike(first: Buffer, { head }: Stream): boolean {
  return first.length >= head.length && checksum(first.subarray(0, head.length)) === head.sum;
}

/** True when a file is, so far, the same as the beginning of the file of a stream; or has replaced it with the same content. */
function isTwin(place: Place, stream: Stream): boolean {
  if (place.path === stream.path) return copies(place, stream);
  const same = (at: number, length: number) =>
    bytesAt(place, at, length).equals(bytesAt(whereOf(stream), at, length));
  const tail = Math.min(tailLength, place.size);
  try {
    return same(0, Math.min(headLength, place.size)) && same(place.size - tail, tail);
  } catch (error) {
    // A deleted file is read on by what is open of it; there is nothing to compare with.
    if (stream.displacedAt !== undefined) return false;
    throw error;
  }
}

/** True while a possible copy grows, and for a while after. */
function isHeld(place: Place, { held, now }: MatchContext): boolean {
  const key = keyOf(place);
  const before = held.get(key);
  if (before?.size === place.size) return now - before.since < copyWait;
  held.set(key, { size: place.size, since: now });
  return true;
}

/** Goes on in another file from what was handed out. */
function adopt(stream: Stream, place: Place): void {
  rewind(stream);
  stream.place = { dev: place.dev, ino: place.ino };
  stream.path = place.path;
  stream.gzip = place.path.endsWith('.gz');
  stream.size = place.size;
  stream.mtime = place.mtime;
  stream.finished = false;
  stream.busy = true;
  if (stream.gzip || place.size >= stream.handed.at) return;
  const tail = Math.min(tailLength, place.size);
  stream.handed = { at: place.size, tail: checksum(bytesAt(place, place.size - tail, tail)) };
  stream.read = stream.handed;
}

/** Copies of what was cut that no glob matches. */
function adoptOutsiders(matched: ReadonlySet<string>, { streams }: MatchContext): void {
  for (const stream of streams) {
    if (stream.place !== undefined || stream.finished || stream.head.length === 0) continue;
    const known = new Set([...streams].flatMap(({ place }) => (place ? [keyOf(place)] : [])));
    const copy = membersOf(stream.family).find(
      place => !matched.has(keyOf(place)) && !known.has(keyOf(place)) && copiesSafely(place, stream),
    );
    if (copy !== undefined) adopt(stream, copy);
  }
}

function copiesSafely(place: Place, stream: Stream): boolean {
  try {
    return place.size > 0 && copies(place, stream);
  } catch {
    return false;
  }
}

async function inflatedHead(file: string): Promise<Buffer> {
  const source = openGzip(file);
  const into = Buffer.alloc(headLength);
  try {
    return into.subarray(0, await source.read(into, 0));
  } finally {
    source.close();
  }
}
