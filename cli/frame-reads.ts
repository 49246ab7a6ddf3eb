import type { IncidentFrames, WantedFrames } from '../core/incident-frames.ts';
import { readIncidentFrames } from './incident-frames.ts';
import { withPatience } from './patience.ts';

type From = Parameters<typeof readIncidentFrames>[1];

/** So long one read may take, ms: what has not come by then is left out. */
const patience = 30_000;
/** So many incidents wait for their metrics at most; of more, the oldest wishes are dropped. */
const mostWaiting = 20;

/**
 * Reads what the correlator wants to see beside the passes, one incident at a time: asked by a pass, taken by the first pass
 * after it has come. A source that fails or hangs brings nothing, and no pass waits for it.
 */
export class FrameReads {
  readonly #from: From & { readonly signal: AbortSignal };
  readonly #waiting = new Map<string, WantedFrames>();
  #read: IncidentFrames[] = [];
  #busy = false;

  constructor(from: From & { readonly signal: AbortSignal }) {
    this.#from = from;
  }

  /** A newer wish of an incident takes the place of one that waits. */
  ask(wanted: readonly WantedFrames[]): void {
    for (const each of wanted) {
      this.#waiting.delete(each.incident);
      this.#waiting.set(each.incident, each);
    }
    for (const incident of this.#waiting.keys()) {
      if (this.#waiting.size <= mostWaiting) break;
      this.#waiting.delete(incident);
    }
    if (!this.#busy) void this.#work();
  }

  /** What has come since the last call. */
  take(): readonly IncidentFrames[] {
    const read = this.#read;
    this.#read = [];
    return read;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (const [incident, wanted] of this.#waiting) {
      if (this.#from.signal.aborted) break;
      this.#waiting.delete(incident);
      const nothing = { incident, frames: [] };
      // Not within the push: what was read meanwhile may have been taken.
      const frames = await withPatience(this.#from.signal, patience, signal =>
        readIncidentFrames(wanted, { ...this.#from, signal }),
      ).catch(() => nothing);
      this.#read.push(frames);
    }
    this.#busy = false;
  }
}
