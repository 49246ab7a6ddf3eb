import { z } from 'zod';
import type { Grafana } from '../clients/grafana.ts';
import type { KeyValues } from '../core/store.ts';
import { type OwnAnnotation, putAnnotation } from './grafana-annotations.ts';
import type { JobLane } from './job-lane.ts';
import { readStored, toStored } from './stored-json.ts';

const recordSchema = z.object({ id: z.number(), open: z.boolean(), at: z.number() });
type Record = z.output<typeof recordSchema>;

/** Marks older than this, ms, are not remembered: they are looked for by their tag when they come again. */
const remembered = 40 * 86_400_000;

/** Brings marks to Grafana once each, and their end when they have one. */
export class GrafanaMarks {
  readonly #lane: JobLane;
  readonly #grafana: Grafana;
  readonly #records: KeyValues;
  readonly #known = new Map<string, Record>();

  /** `records` remembers over a restart what was written. */
  constructor(parts: { readonly lane: JobLane; readonly grafana: Grafana; readonly records: KeyValues }) {
    this.#lane = parts.lane;
    this.#grafana = parts.grafana;
    this.#records = parts.records;
    for (const [id, bytes] of parts.records.entries()) {
      const record = readStored(bytes, recordSchema);
      if (record !== undefined) this.#known.set(id, record);
    }
  }

  /** Queues those that are new or have ended; the others cost nothing. */
  show(marks: readonly OwnAnnotation[]): void {
    for (const mark of marks) {
      const known = this.#known.get(mark.id);
      if (known !== undefined && (!known.open || mark.timeEnd === undefined)) continue;
      const run = (signal: AbortSignal) => this.#write(mark, signal);
      this.#lane.put({ key: `mark ${mark.id}`, urgent: false, notBefore: 0, run });
    }
  }

  async #write(mark: OwnAnnotation, signal: AbortSignal): Promise<void> {
    const known = this.#known.get(mark.id);
    const written = await putAnnotation(this.#grafana, mark, { known, signal });
    const record = { ...written, at: mark.time };
    this.#known.set(mark.id, record);
    this.#records.set(mark.id, toStored(record));
  }

  /** Forgets what is long over at `now` (ms). */
  forget(now: number): void {
    for (const [id, { at }] of this.#known)
      if (at < now - remembered) {
        this.#known.delete(id);
        this.#records.delete(id);
      }
  }
}
