const least = 1 << 10;
const most = 1 << 16;

/** One generation: open addressing over two 32-bit hashes, at most half full. */
class Generation<T> {
  #slots = least;
  #low = new Int32Array(least);
  #high = new Int32Array(least);
  #values: (T | undefined)[] = new Array(least).fill(undefined);
  #count = 0;

  get full(): boolean {
    return this.#count >= most >> 1;
  }

  get(low: number, high: number): T | undefined {
    return this.#values[this.#slotOf(low, high)];
  }

  set(low: number, high: number, value: T): void {
    if (this.#count >= this.#slots >> 1) this.#grow();
    this.#put(low, high, value);
  }

  clear(): void {
    if (this.#count > 0) this.#values.fill(undefined);
    this.#count = 0;
  }

  /** Where a hash stands, or would stand. */
  #slotOf(low: number, high: number): number {
    const last = this.#slots - 1;
    let slot = (low ^ (high >>> 16)) & last;
    while (this.#values[slot] !== undefined && (this.#low[slot] !== low || this.#high[slot] !== high))
      slot = (slot + 1) & last;
    return slot;
  }

  #put(low: number, high: number, value: T): void {
    const slot = this.#slotOf(low, high);
    if (this.#values[slot] === undefined) this.#count++;
    this.#low[slot] = low;
    this.#high[slot] = high;
    this.#values[slot] = value;
  }

  #grow(): void {
    const [low, high, values] = [this.#low, this.#high, this.#values];
    this.#slots *= 2;
    this.#low = new Int32Array(this.#slots);
    this.#high = new Int32Array(this.#slots);
    this.#values = new Array(this.#slots).fill(undefined);
    this.#count = 0;
    values.forEach((value, slot) => {
      if (value !== undefined) this.#put(low[slot]!, high[slot]!, value);
    });
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
    if (this.#young.full) {
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
