/** Open sessions at most; those idle for longest are closed before their time. */
const mostOpen = 20_000;
const roomMade = 1000;
/** Lines of a session that are looked at. */
const longest = 1024;
/** Different sessions that are remembered; the older half is forgotten beyond. */
const mostSeen = 200_000;
/** Templates that have a number at most. */
const mostTemplates = 500_000;

interface OpenSession {
  readonly entity: string;
  last: number;
  /** When it was put at the end of the queue. */
  queued: number;
  readonly templates: number[];
}

/** FNV-1a, 32 bits, of a text, from a seed. */
function hashText(text: string, seed: number): number {
  let h = seed | 0;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h;
}

function mix(h: number): number {
  const a = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  const b = Math.imul(a ^ (a >>> 15), 0x846ca68b);
  return (b ^ (b >>> 16)) >>> 0;
}

/** Counts as they are compared: each up to four, then four to the doubling. */
function bucket(count: number): number {
  return count <= 4 ? count : Math.round(4 * Math.log2(count)) - 4;
}

/** Numbers of templates, and of each two hashes that are the same after a restart. */
class TemplateHashes {
  readonly #numbers = new Map<string, number>();
  readonly #low: number[] = [];
  readonly #high: number[] = [];

  get size(): number {
    return this.#low.length;
  }

  of(template: string): number {
    const known = this.#numbers.get(template);
    if (known !== undefined) return known;
    this.#numbers.set(template, this.#low.length);
    this.#low.push(hashText(template, 0x811c9dc5));
    this.#high.push(hashText(template, 0x1b873593));
    return this.#low.length - 1;
  }

  /** A number of 52 bits for the counts of templates, whatever their order. Sorts them. */
  vectorOf(templates: number[]): number {
    templates.sort((a, b) => a - b);
    let low = 0;
    let high = 0;
    for (let from = 0, to = 0; from < templates.length; from = to) {
      while (to < templates.length && templates[to] === templates[from]) to++;
      const by = bucket(to - from);
      low = (low + mix(this.#low[templates[from]!]! + Math.imul(by, 0x9e3779b1))) >>> 0;
      high = (high + mix(this.#high[templates[from]!]! + Math.imul(by, 0x85ebca6b))) >>> 0;
    }
    return (high % 2 ** 20) * 2 ** 32 + low;
  }
}

/**
 * Sessions (what one request, block or job wrote, by its key) that are over, and whether the counts of their templates were ever
 * seen at their entity. Bounded: sessions that are open, their lines, and how many different ones are remembered.
 */
export class SessionWatch {
  /** By key, those that had no line for longest first, within a quarter of the idle time. */
  readonly #open = new Map<string, OpenSession>();
  readonly #idle: number;
  #seen = new Set<string>();
  #fresh: string[] = [];
  /** Sessions that were closed early, as there were too many. */
  early = 0;
  #ended: OpenSession[] = [];
  #hashes = new TemplateHashes();

  constructor(idle: number) {
    this.#idle = idle;
  }

  add(key: string, line: { readonly entity: string; readonly t: number; readonly template: string }): void {
    const name = `${line.entity}\n${key}`;
    const template = this.#hashes.of(line.template);
    const session = this.#open.get(name);
    if (session === undefined) {
      this.#open.set(name, { entity: line.entity, last: line.t, queued: line.t, templates: [template] });
      if (this.#open.size > mostOpen) this.#makeRoom();
      return;
    }
    if (session.templates.length < longest) session.templates.push(template);
    session.last = Math.max(session.last, line.t);
    if (session.last - session.queued > this.#idle / 4) this.#requeue(name, session);
  }

  #requeue(name: string, session: OpenSession): void {
    session.queued = session.last;
    this.#open.delete(name);
    this.#open.set(name, session);
  }

  /** Ends many at once: finding the first one again and again would walk over all that are gone. */
  #makeRoom(): void {
    let left = roomMade;
    for (const entry of this.#open) {
      if (left-- === 0) break;
      this.#end(entry);
      this.early++;
    }
  }

  #end([name, session]: readonly [string, OpenSession]): void {
    this.#open.delete(name);
    this.#ended.push(session);
  }

  /** Ends what is idle at `now`: how many sessions of each entity were never seen so before. All are known from then on. */
  close(now: number): ReadonlyMap<string, number> {
    for (const entry of this.#open) {
      if (entry[1].queued + this.#idle > now) break;
      if (entry[1].last + this.#idle <= now) this.#end(entry);
    }
    const unseen = new Map<string, number>();
    for (const { entity, templates } of this.#ended)
      if (this.#see(entity, templates)) unseen.set(entity, (unseen.get(entity) ?? 0) + 1);
    this.#ended = [];
    if (this.#hashes.size > mostTemplates) this.#renumber();
    return unseen;
  }

  /** True when these counts were never seen at the entity; they are from then on. */
  #see(entity: string, templates: number[]): boolean {
    const name = `${entity} ${this.#hashes.vectorOf(templates).toString(36)}`;
    if (this.#seen.has(name)) return false;
    this.#seen.add(name);
    this.#fresh.push(name);
    if (this.#seen.size > mostSeen) this.#seen = new Set([...this.#seen].slice(mostSeen / 2));
    return true;
  }

  /** Forgets the numbers of all templates, and with them the sessions that are open. */
  #renumber(): void {
    this.early += this.#open.size;
    this.#open.clear();
    this.#hashes = new TemplateHashes();
  }

  /** What was seen since the last call, to be stored beside what was stored before. */
  changes(): readonly string[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  restore(seen: Iterable<string>): void {
    for (const name of seen) this.#seen.add(name);
  }
}
