import { setTimeout as sleep } from 'node:timers/promises';
import {
  createSilenceSource,
  readSilences,
  type SilenceSource,
} from '../collectors/alertmanager-silences.ts';
import type { Config } from '../config/schema.ts';
import { sayList } from '../core/say-name.ts';
import type { Silence } from '../core/silence.ts';
import type { KeyValues } from '../core/store.ts';

/** So often an Alertmanager is asked, ms. */
const every = 10_000;

export interface SilenceDeskOptions {
  readonly sources: readonly SilenceSource[];
  /** Keeps what was read last of each source, so that a start does not wait for an Alertmanager. */
  readonly table: KeyValues;
  /** Told of what cannot be read: once, until it changes or goes away. */
  readonly warn: (message: string) => void;
  /** Told after each look how many silences of a source hold. */
  readonly observe: (source: string, active: number) => void;
  /** Now in ms. */
  readonly clock: () => number;
}

/** The Alertmanagers that a config names. */
export function silenceSources({ alertmanager, receivers }: Config): readonly SilenceSource[] {
  const implied = alertmanager === undefined ? [] : [{ name: 'alertmanager', alertmanager }];
  return [...implied, ...receivers].flatMap(({ name, alertmanager: given }) =>
    given === undefined ? [] : [createSilenceSource({ ...given, name, timeout: given.timeout ?? 10_000 })],
  );
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * The silences of the Alertmanagers that foreshock tells: asked again and again beside the passes, until the signal aborts. Those
 * of one that does not answer hold until they end.
 */
export class SilenceDesk {
  readonly #options: SilenceDeskOptions;
  readonly #known = new Map<string, readonly Silence[]>();
  readonly #complaints = new Map<string, string>();

  constructor(options: SilenceDeskOptions) {
    this.#options = options;
    this.names = new Set(options.sources.map(({ name }) => name));
    for (const { name } of options.sources) {
      const bytes = options.table.get(name);
      if (bytes !== undefined) this.#known.set(name, restored(bytes));
    }
  }

  /** Names of the Alertmanagers. */
  readonly names: ReadonlySet<string>;

  /** Those that hold now. */
  readonly active = (): readonly Silence[] => [...this.#known.keys()].flatMap(name => this.#activeOf(name));

  /** Asks until the signal aborts, and closes the sources then. */
  async run(signal: AbortSignal): Promise<void> {
    const { sources } = this.#options;
    while (!signal.aborted && sources.length > 0) {
      await this.look(signal);
      await sleep(every, undefined, { signal }).catch(() => undefined);
    }
    await Promise.all(sources.map(source => source.close()));
  }

  /** Asks each of them once. Never rejects for what is outside. */
  async look(signal?: AbortSignal): Promise<void> {
    await Promise.all(this.#options.sources.map(source => this.#read(source, signal)));
  }

  #activeOf(name: string): readonly Silence[] {
    const now = this.#options.clock();
    const known = this.#known.get(name) ?? [];
    return known.filter(({ startsAt, endsAt }) => startsAt <= now && now < endsAt);
  }

  async #read(source: SilenceSource, signal: AbortSignal | undefined): Promise<void> {
    const { table } = this.#options;
    try {
      const { silences, text, refused } = await source.read(signal);
      if (signal?.aborted === true) return;
      this.#known.set(source.name, silences);
      const bytes = new TextEncoder().encode(text);
      if (Buffer.compare(bytes, table.get(source.name) ?? new Uint8Array()) !== 0)
        table.set(source.name, bytes);
      this.#complain(source.name, refused.length === 0 ? '' : `not honoured: ${sayList(refused)}`);
    } catch (error) {
      if (signal?.aborted === true) return;
      this.#complain(source.name, `cannot be read, those that are known hold on: ${reasonOf(error)}`);
    }
    this.#options.observe(source.name, this.#activeOf(source.name).length);
  }

  #complain(name: string, complaint: string): void {
    const before = this.#complaints.get(name) ?? '';
    if (complaint !== '' && complaint !== before) this.#options.warn(`silences of ${name}: ${complaint}`);
    this.#complaints.set(name, complaint);
  }
}

/** What was read before; what is damaged is read anew soon. */
function restored(bytes: Uint8Array): readonly Silence[] {
  try {
    return readSilences(new TextDecoder().decode(bytes)).silences;
  } catch {
    return [];
  }
}
