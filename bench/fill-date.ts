import type { FillDate } from '../core/capacity.ts';
import type { History } from '../core/forecaster.ts';
import { median } from '../core/stats.ts';
import { exhaustion } from '../forecasters/exhaustion.ts';
import { prophet } from '../forecasters/prophet.ts';
import { lineSlope } from '../forecasters/theta.ts';
import { type Disk, type DiskKind, diskKinds, simulatedDisk } from './simulated-disks.ts';

/**
 * Days at which simulated disks are full: ours, the slope of the last 7 days, and prophet. `node dist/bench/fill-date.js
 * [disks a kind] [first seed]`; what was tuned was tuned on seeds below 50,000.
 */
const day = 86_400_000;
const ahead = 60;
const count = Number(process.argv[2] ?? 100);
const firstSeed = Number(process.argv[3] ?? 50_000);
const slopeDays = 7;

/** Days after the last known one, `ahead` + 1 for later; NaN ends where a method gives no interval. */
interface Told {
  readonly median: number;
  readonly earliest: number;
  readonly latest: number;
}

const capped = (days: number) => (Number.isNaN(days) ? ahead + 1 : days);
const never: Told = { median: ahead + 1, earliest: ahead + 1, latest: ahead + 1 };

function historyOf({ used, known }: Disk): History {
  const v = used.slice(0, known);
  return { t: v.map((_, i) => (i + 1 - known) * day), v, step: day };
}

function inDays({ median: middle, earliest, latest }: FillDate): Told {
  return {
    median: capped(middle / day),
    earliest: capped(earliest / day),
    latest: capped(latest / day),
  };
}

function ours(disk: Disk): Told {
  const limit = new Float64Array(ahead).fill(disk.limit);
  const answer = exhaustion(historyOf(disk), { limit, bad: 'above', horizon: ahead * day });
  return answer.state === 'fills' ? inDays(answer.date) : never;
}

function slope({ used, known, limit }: Disk): Told {
  const last = used.subarray(known - slopeDays, known);
  const rise = lineSlope(last);
  const days = rise > 0 ? Math.min(ahead + 1, (limit - last[slopeDays - 1]!) / rise) : ahead + 1;
  return { median: days, earliest: Number.NaN, latest: Number.NaN };
}

const fitted = prophet.create(prophet.options.parse({}));

function prophets(disk: Disk): Told {
  const model = fitted.fit(historyOf(disk), []);
  if ('unfit' in model) return never;
  const { yhat, intervals } = model.forecast(ahead, [0.8]);
  const first = (path: Float64Array) => {
    const h = path.findIndex(value => value >= disk.limit);
    if (h < 1) return h < 0 ? ahead + 1 : 1;
    return h + (disk.limit - path[h - 1]!) / (path[h]! - path[h - 1]!);
  };
  const { lower, upper } = intervals[0]!;
  return { median: first(yhat), earliest: first(upper), latest: first(lower) };
}

const methods = { ours, 'slope of 7 days': slope, prophet: prophets };

function measure(disks: readonly Disk[], tell: (disk: Disk) => Told) {
  const told = disks.map(tell);
  const inside = told.filter(
    ({ earliest, latest }, i) => earliest <= disks[i]!.full && disks[i]!.full <= latest,
  );
  const cover = Number.isNaN(told[0]!.earliest) ? Number.NaN : inside.length / disks.length;
  return {
    'median error, days': median(told.map((each, i) => Math.abs(each.median - disks[i]!.full))),
    'cover of 80 %': cover,
    'median width, days': median(told.map(({ earliest, latest }) => latest - earliest)),
  };
}

function disksOf(kind: DiskKind): Disk[] {
  return Array.from({ length: count }, (_, k) => simulatedDisk(kind, firstSeed + k)).filter(
    ({ full }) => !Number.isNaN(full),
  );
}

const byKind = new Map<string, readonly Disk[]>(diskKinds.map(kind => [kind, disksOf(kind)]));
byKind.set('all', [...byKind.values()].flat());
const rows = [...byKind].flatMap(([kind, disks]) =>
  Object.entries(methods).map(([method, tell]) => ({
    kind,
    disks: disks.length,
    method,
    ...measure(disks, tell),
  })),
);
console.table(
  rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([k, v]) => [k, typeof v === 'number' ? Number(v.toFixed(3)) : v]),
    ),
  ),
);
