import { formatDuration } from '../core/duration.ts';
import type { ModelReason, ModelStore, ModelVersion } from '../core/model-version.ts';
import { classSignature } from './class-signature.ts';
import type { ClassSnapshot } from './class-snapshot.ts';
import type { ClassWatch } from './class-watch.ts';
import type { Log } from './log.ts';

/** Keeps what each class has learned in the store, and reads it back at the start. Times in ms. */
export interface ModelBook {
  /** Lets a class watch on with its stored model; false, with a message, when there is none that it can use. */
  restore(watch: ClassWatch, now: number): boolean;
  /** Writes down a model that was just put in place. */
  record(watch: ClassWatch, why: ModelReason, now: number): void;
  /** Writes down, and says, that a newer model was not taken: the one in use stays. */
  refuse(watch: ClassWatch, reason: string, now: number): void;
  /**
   * One class whose turn it is writes what it has learned since; where a person took an earlier version back, the class
   * goes on with that one instead. Called at every pass: at most one class a call.
   */
  checkpoint(watches: readonly ClassWatch[], now: number): void;
  /** Writes all that was learned: at the end. */
  close(watches: readonly ClassWatch[]): void;
  /** When the model in use was fitted or taken back; undefined when the class has none. */
  at(watch: ClassWatch): number | undefined;
  /** Rows of history that the model in use was fitted on; undefined when the class has none. */
  rows(watch: ClassWatch): number | undefined;
  /** When a model was last made or refused; undefined when there was none. */
  triedAt(watch: ClassWatch): number | undefined;
}

/** A model that has learned nothing for longer than this stands for another time: it is not used. */
const oldest = 2 * 86_400_000;
const leastEvery = 600_000;
/** Bytes a ms that checkpoints may write on average; what they miss is read again from the source. */
const rate = 100;

function ago(t: number, now: number): string {
  return formatDuration(Math.max(1000, Math.round((now - t) / 1000) * 1000));
}

/** An empty book over a store. */
export function createModelBook(models: ModelStore, log: Log): ModelBook {
  const used = new Map<string, ModelVersion>();
  const next = new Map<string, number>();
  const refused = new Map(models.refusals().map(each => [each.class, each.at]));
  const nameOf = (watch: ClassWatch) => watch.watch.class.name;
  const schedule = (name: string, size: number, now: number) =>
    next.set(name, now + Math.max(leastEvery, size / rate));

  const read = (watch: ClassWatch, version: ModelVersion): boolean => {
    const name = nameOf(watch);
    const { t, rows, entities } = version;
    const bytes = models.bytes(name, version.version) ?? new Uint8Array();
    try {
      watch.restore({ t, rows, entities, bytes });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log.warn(`${name}: model ${version.version} cannot be used (${reason}): it is fitted anew`);
      return false;
    }
    used.set(name, version);
    return true;
  };

  const write = (watch: ClassWatch, snapshot: ClassSnapshot) => {
    const version = used.get(nameOf(watch));
    if (version === undefined) return;
    const { t, entities, bytes } = snapshot;
    models.replace({ class: version.class, version: version.version, t, entities }, bytes);
  };

  return {
    restore(watch, now) {
      const name = nameOf(watch);
      const newest = models.versions(name).at(-1);
      if (newest === undefined) return false;
      if (newest.signature !== classSignature(watch)) {
        log.info(`${name}: the stored model was made for other signals or options: it is fitted anew`);
        return false;
      }
      if (now - newest.t > oldest) {
        log.info(`${name}: the stored model learned last ${ago(newest.t, now)} ago: it is fitted anew`);
        return false;
      }
      if (!read(watch, newest)) return false;
      schedule(name, 0, now);
      const { version, entities, t } = newest;
      log.info(`${name}: watches on with model ${version} of ${entities} entities, ${ago(t, now)} old`);
      return true;
    },
    record(watch, why, now) {
      const snapshot = watch.snapshot();
      if (snapshot === undefined) return;
      const { t, rows, entities, bytes, race } = snapshot;
      const name = nameOf(watch);
      const it = { class: name, at: now, t, why, rows, entities, signature: classSignature(watch), race };
      refused.delete(name);
      used.set(name, { ...it, version: models.add(it, bytes) });
      schedule(name, bytes.length, now);
    },
    refuse(watch, reason, now) {
      const name = nameOf(watch);
      refused.set(name, now);
      models.refuse({ class: name, at: now, reason });
      log.warn(`${name}: the new model is refused: ${reason}; the one in use stays`);
    },
    checkpoint(watches, now) {
      const watch = watches.find(each => each.fitted && (next.get(nameOf(each)) ?? now + 1) <= now);
      if (watch === undefined) return;
      const name = nameOf(watch);
      const newest = models.versions(name).at(-1);
      const ours = used.get(name)?.version ?? 0;
      if (newest !== undefined && newest.version > ours && newest.signature === classSignature(watch)) {
        if (read(watch, newest)) log.info(`${name}: goes on with model ${newest.version} (${newest.why})`);
        schedule(name, 0, now);
        return;
      }
      const snapshot = watch.snapshot();
      if (snapshot === undefined) return;
      write(watch, snapshot);
      schedule(name, snapshot.bytes.length, now);
    },
    close(watches) {
      for (const watch of watches) {
        const snapshot = watch.snapshot();
        if (snapshot !== undefined) write(watch, snapshot);
      }
    },
    at: watch => used.get(nameOf(watch))?.at,
    rows: watch => used.get(nameOf(watch))?.rows,
    triedAt(watch) {
      const at = used.get(nameOf(watch))?.at;
      return at === undefined ? undefined : Math.max(at, refused.get(nameOf(watch)) ?? at);
    },
  };
}
