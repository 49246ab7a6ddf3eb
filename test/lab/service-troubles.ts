const leakStepMs = 1.5;
const leakEveryMs = 4000;
const leakMostMs = 28;
const hogBusyMs = 180;
const hogEveryMs = 350;
const growEveryMs = 250;
const entriesAtOnce = 2500;
const msOfSearchPerEntry = 16 / 1_000_000;

/** Keeps the processor busy. */
export function burn(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** What can go wrong inside of a service; each goes on until the process is replaced or `none` is asked for. */
export class Troubles {
  readonly #timers: NodeJS.Timeout[] = [];
  #leakMs = 0;
  #cache: { readonly key: number; readonly text: string }[] = [];

  /** Ms of work that each request costs on top of its own. */
  get extraMs(): number {
    return this.#leakMs + this.#cache.length * msOfSearchPerEntry;
  }

  /** Begins a trouble by its name; false when there is none of that name. */
  begin(name: string): boolean {
    const begins: Readonly<Record<string, () => void>> = {
      leak: () => this.#every(leakEveryMs, () => this.#leak()),
      hog: () => this.#every(hogEveryMs, () => burn(hogBusyMs)),
      memory: () => this.#every(growEveryMs, () => this.#grow()),
      none: () => this.#end(),
    };
    const begin = begins[name];
    begin?.();
    return begin !== undefined;
  }

  #every(ms: number, act: () => void): void {
    this.#timers.push(setInterval(act, ms).unref());
  }

  #leak(): void {
    this.#leakMs = Math.min(this.#leakMs + leakStepMs, leakMostMs);
  }

  /** A cache from which nothing is ever removed, and which each request looks through. */
  #grow(): void {
    for (let i = 0; i < entriesAtOnce; i++) {
      const key = this.#cache.length;
      this.#cache.push({ key, text: `entry ${key} of ${Math.random()}` });
    }
  }

  #end(): void {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    this.#leakMs = 0;
    this.#cache = [];
  }
}
