import type { FillDate } from '../core/capacity.ts';
import type { History } from '../core/forecaster.ts';

const hour = 3_600_000;
/** Values in a row that must rise by a second a second, and how far each step may be off (a sample may be a scrape late). */
const leastRun = 3;
const tolerance = 0.01;
/** An earlier renewal is relied on when it left at least this share of the life until then. */
const margin = 0.1;

/** An age, from the index on at which it began or was known first. */
interface Age {
  readonly from: number;
  /** The last known value, and its time (ms). */
  readonly value: number;
  readonly at: number;
}

/** The run of values up to the last one that rise by one second a second; undefined when it is too short. */
function ageOf({ t, v }: History): Age | undefined {
  let from = v.findLastIndex(value => !Number.isNaN(value));
  if (from < 0) return undefined;
  const last = { value: v[from]!, at: t[from]! };
  let run = 1;
  for (let i = from - 1; i >= 0; i--) {
    if (Number.isNaN(v[i]!)) continue;
    const seconds = (t[from]! - t[i]!) / 1000;
    if (!(Math.abs(v[from]! - v[i]! - seconds) <= tolerance * seconds)) break;
    from = i;
    run++;
  }
  return run >= leastRun ? { from, ...last } : undefined;
}

/**
 * When an age reaches its limit: what rises by one second a second is a clock, such as the age of a certificate, and needs no
 * forecast. The date may be an hour off, as values are read. Undefined for what is no age, and for an age that was set
 * back at this height before, with time to spare: whoever renews it will do so again.
 */
export function clockFill(history: History, limit: number): FillDate | undefined {
  const age = ageOf(history);
  if (age === undefined) return undefined;
  const before = history.v.subarray(0, age.from).filter(value => !Number.isNaN(value));
  const renewedAt = before.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const least = before.reduce((low, value) => Math.min(low, value), renewedAt);
  const isReliable = limit - renewedAt >= margin * (renewedAt - least);
  if (isReliable && age.value < renewedAt + (2 * history.step) / 1000) return undefined;
  const median = age.at + (limit - age.value) * 1000;
  return { median, earliest: median - hour, latest: median + hour, chance: 1 };
}
