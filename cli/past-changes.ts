import type { KeyValues } from '../core/store.ts';
import type { Change } from '../core/topology.ts';
import { changeQueries } from './change-queries.ts';
import { ChangeStates } from './change-states.ts';
import { withoutScaling } from './change-watch.ts';
import type { NamedSource } from './sources.ts';

/** Before the first step things are looked at for so long, ms: what is seen for the first time has not changed. */
const lookBack = 300_000;

function forgettable(): KeyValues {
  const values = new Map<string, Uint8Array>();
  return {
    get: key => values.get(key),
    set: (key, value) => void values.set(key, value),
    delete: key => void values.delete(key),
    entries: () => [...values],
    keys: () => [...values.keys()],
  };
}

/** Changes as metrics show them over past data, read piece by piece in order of time; a source that fails brings none. */
export class PastChanges {
  readonly #asked: readonly { readonly at: NamedSource; readonly states: readonly ChangeStates[] }[];
  readonly #known: Change[] = [];
  #taken = 0;
  #hasRead = false;

  constructor(sources: readonly NamedSource[]) {
    this.#asked = sources.map(at => ({
      at,
      states: changeQueries.map(query => new ChangeStates(query, forgettable(), at.name)),
    }));
  }

  /** All that were taken, by time. */
  get taken(): readonly Change[] {
    return this.#known.slice(0, this.#taken);
  }

  /** Reads what lies in a range, in ms. */
  async read({ start, end, step }: { readonly start: number; readonly end: number; readonly step: number }) {
    const from = this.#hasRead ? start : start - lookBack;
    this.#hasRead = true;
    const found: Change[] = [];
    for (const { at, states } of this.#asked) {
      const asked = changeQueries.map(({ via }) => ({ query: via, start: from, end, step }));
      const answers = await Promise.allSettled(asked.map(range => at.source.queryRange(range)));
      const byQuery = answers.map((answer, k) =>
        answer.status === 'fulfilled' ? states[k]!.learn(answer.value.series, end) : [],
      );
      found.push(...withoutScaling(byQuery));
    }
    this.#known.push(...found.sort((a, b) => a.t - b.t));
  }

  /** What has come up to `t` (ms) since the last call. */
  take(t: number): readonly Change[] {
    const first = this.#taken;
    while (this.#taken < this.#known.length && this.#known[this.#taken]!.t <= t) this.#taken++;
    return this.#known.slice(first, this.#taken);
  }
}
