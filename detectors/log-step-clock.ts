/** Steps that may be open at once. */
const mostOpen = 5760;

/**
 * Which step a time falls into, and which step closes next. Steps end at multiples of their length; the first line tells where
 * time begins, with room for others before it. What is older than all open steps falls into the oldest, what is too far
 * ahead into the last one, and both are counted.
 */
export class StepClock {
  readonly step: number;
  /** Begin of the step of the first line, ms; NaN before. */
  since = Number.NaN;
  /** End of the last closed step. */
  closed = Number.NEGATIVE_INFINITY;
  late = 0;
  ahead = 0;

  constructor(step: number) {
    this.step = step;
  }

  /** End of the step that counts a line of this time, ms. */
  endOf(t: number): number {
    const end = Math.ceil(t / this.step) * this.step;
    if (end <= this.closed) {
      this.late++;
      return this.closed + this.step;
    }
    if (this.closed === Number.NEGATIVE_INFINITY) {
      this.closed = end - (mostOpen / 2) * this.step;
      this.since = end - this.step;
    }
    const last = this.closed + mostOpen * this.step;
    if (end <= last) return end;
    this.ahead++;
    return last;
  }

  /**
   * The next step to close up to `last`: of a long silence only the end, before the first line nothing. `firstOpen` answers the end
   * of the first step that has lines, Infinity when none has.
   */
  next(last: number, firstOpen: () => number): number {
    const next = this.closed + this.step;
    const hasBegun = next > this.since;
    if (hasBegun && last - next <= mostOpen * this.step) return next;
    return Math.max(next, hasBegun ? Math.min(firstOpen(), last - mostOpen * this.step) : firstOpen());
  }

  /** Closes the steps that end at or before `until`, in order. */
  closeUntil(until: number, firstOpen: () => number, close: (end: number) => void): void {
    if (this.closed === Number.NEGATIVE_INFINITY) return;
    const last = Math.floor(until / this.step) * this.step;
    for (let end = this.next(last, firstOpen); end <= last; end = this.next(last, firstOpen)) {
      close(end);
      this.closed = end;
    }
  }
}
