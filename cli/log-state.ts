import { gunzipSync, gzipSync } from 'node:zlib';
import { fingerprint } from '../core/labels.ts';
import type { KeyValues, Store } from '../core/store.ts';
import type { MatchSignals } from '../detectors/indicator-matches.ts';
import type { EventSignals } from '../detectors/log-events.ts';
import type { LogSignalChanges, LogSignals } from '../detectors/log-signals.ts';
import type { LogTemplateMiner } from '../detectors/log-template.ts';
import type { TemplateRecord } from '../detectors/log-template-record.ts';
import type { LogReading } from './log-reading.ts';

/** What a source of logs has learned, and up to where it was read. */
export interface LogMemory {
  readonly reading: LogReading;
  readonly miner: LogTemplateMiner;
  readonly signals: LogSignals;
  readonly events: EventSignals;
  readonly matches: MatchSignals;
}

const pack = (value: unknown): Uint8Array => gzipSync(JSON.stringify(value), { level: 1 });
const unpack = (bytes: Uint8Array): unknown => JSON.parse(gunzipSync(bytes).toString());

/** Rows of a table whose keys begin with the name of the source. */
class OwnRows {
  readonly #table: KeyValues;
  readonly #prefix: string;

  constructor(table: KeyValues, source: string) {
    this.#table = table;
    this.#prefix = `${source}/`;
  }

  set(key: string, value: unknown): void {
    this.#table.set(this.#prefix + key, pack(value));
  }

  get(key: string): unknown {
    const bytes = this.#table.get(this.#prefix + key);
    return bytes === undefined ? undefined : unpack(bytes);
  }

  delete(key: string): void {
    this.#table.delete(this.#prefix + key);
  }

  all(): (readonly [key: string, value: unknown])[] {
    return this.#table
      .entries()
      .filter(([key]) => key.startsWith(this.#prefix))
      .map(([key, bytes]) => [key.slice(this.#prefix.length), unpack(bytes)]);
  }
}

/** A list that grows by rows, which are put together when it is read: `most` of the newest are kept then. */
class GrowingList {
  readonly #rows: OwnRows;
  readonly #most: number;
  #next = 0;

  constructor(rows: OwnRows, most: number) {
    this.#rows = rows;
    this.#most = most;
  }

  add(items: readonly string[]): void {
    if (items.length > 0) this.#rows.set(String(this.#next++).padStart(10, '0'), items);
  }

  read(): string[] {
    const rows = this.#rows.all();
    const all = rows.flatMap(([, value]) => (Array.isArray(value) ? value.map(String) : []));
    const kept = all.slice(-this.#most);
    if (rows.length > 1) {
      for (const [key] of rows) this.#rows.delete(key);
      this.#next = 0;
      this.add(kept);
    } else this.#next = rows.length === 0 ? 0 : Number(rows[0]![0]) + 1;
    return kept;
  }
}

const mostSeen = 200_000;

/**
 * Keeps what a source of logs has learned beside the position that it belongs to. `save` writes what has changed; what is
 * only counted of a template is written by `saveCounts`.
 */
export class LogState {
  readonly #head: OwnRows;
  readonly #templates: OwnRows;
  readonly #entities: OwnRows;
  readonly #saidTemplates: GrowingList;
  readonly #sessions: GrowingList;
  /** By index, what a template was when it was written last, and those of which only counts are newer. */
  readonly #written = new Map<number, string>();
  readonly #counted = new Map<number, TemplateRecord>();

  constructor(store: Pick<Store, 'values'>, source: string) {
    this.#head = new OwnRows(store.values('log-head'), source);
    this.#templates = new OwnRows(store.values('log-templates'), source);
    this.#entities = new OwnRows(store.values('log-entities'), source);
    this.#saidTemplates = new GrowingList(new OwnRows(store.values('log-said'), source), mostSeen);
    this.#sessions = new GrowingList(new OwnRows(store.values('log-sessions'), source), mostSeen);
  }

  /** Brings back what was stored, and answers the position; throws a RangeError when it cannot be read. */
  restore({ reading, miner, signals, events, matches }: LogMemory): string | undefined {
    const head = this.#head.get('head');
    if (typeof head !== 'object' || head === null) return undefined;
    const records = this.#templates.all().map(([, value]) => value);
    miner.restore(Reflect.get(head, 'miner'), records);
    reading.restore(Reflect.get(head, 'reading'));
    events.restore(Reflect.get(head, 'events'));
    matches.restore(Reflect.get(head, 'matches'));
    signals.restore({
      head: Reflect.get(head, 'signals'),
      entities: this.#entities.all().map(([, value]) => value),
      templates: this.#saidTemplates.read(),
      sessions: this.#sessions.read(),
    });
    const position: unknown = Reflect.get(head, 'position');
    return typeof position === 'string' ? position : undefined;
  }

  /** Writes, within the caller's transaction, what has changed since the last call. */
  save({ reading, miner, signals, events, matches }: LogMemory, position: string | undefined): void {
    const changed = miner.changes();
    for (const record of changed.templates) this.#saveTemplate(record);
    for (const index of changed.gone) this.#forget(index);
    const { head, ...rest } = signals.changes();
    this.#saveSignals(rest);
    this.#head.set('head', {
      position,
      miner: changed.head,
      reading: reading.state(),
      signals: head,
      events: events.state(),
      matches: matches.state(),
    });
  }

  #saveTemplate(record: TemplateRecord): void {
    const { index, words, into, learned } = record;
    const is = JSON.stringify([words, into, learned]);
    if (this.#written.get(index) === is) {
      this.#counted.set(index, record);
      return;
    }
    this.#written.set(index, is);
    this.#counted.delete(index);
    this.#templates.set(String(index), record);
  }

  #forget(index: number): void {
    this.#written.delete(index);
    this.#counted.delete(index);
    this.#templates.delete(String(index));
  }

  #saveSignals({ entities, templates, sessions }: Omit<LogSignalChanges, 'head'>): void {
    for (const entity of entities) this.#entities.set(fingerprint(entity.labels), entity);
    this.#saidTemplates.add(templates);
    this.#sessions.add(sessions);
  }

  /** Writes how often templates were said, within the caller's transaction. */
  saveCounts(): void {
    for (const [index, record] of this.#counted) this.#templates.set(String(index), record);
    this.#counted.clear();
  }
}
