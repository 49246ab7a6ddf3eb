const slots = 1 << 16;
const most = slots >> 1;

/** One generation: open addressing over two 32-bit hashes. */
class Generation<T> {
  readonly #low = new Int32Array(slots);
  readonly #high = new Int32Array(slots);
  readonly #values: (T | undefined)[] = new Array(slots).fill(undefined);
  count = 0;

  get(low: number, high: number): T | undefined {
    let slot = (low ^ (high >>> 16)) & (slots - 1);
    for (;;) {
      const value = this.#values[slot];
      if (value === undefined) return undefined;
      if (this.#low[slot] === low && this.#high[slot] === high) return value;
      slot = (slot + 1) & (slots - 1);
    }
  }

  set(low: number, high: number, value: T): void {
    let slot = (low ^ (high >>> 16)) & (slots - 1);
    while (this.#values[slot] !== undefined) slot = (slot + 1) & (slots - 1);
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#values[slot] = value;
    this.count++;
  }

  clear(): void {
    if (this.count === 0) return;
    this.#values.fill(undefined);
    this.count = 0;
  }
}

/** Values by 64-bit hash, bounded: when one generation is full, it becomes the old one and the old one is forgotten. */
export class ShapeCache<T> {
  #young = new Generation<T>();
  #old = new Generation<T>();

  get(low: number, high: number): T | undefined {
    const value = this.#young.get(low, high);
    if (value !== undefined) return value;
    const old = this.#old.get(low, high);
    if (old !== undefined) this.set(low, high, old);
    return old;
  }

  set(low: number, high: number, value: T): void {
    if (this.#young.count >= most) {
      [this.#young, this.#old] = [this.#old, this.#young];
      this.#young.clear();
    }
    this.#young.set(low, high, value);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }
}
