import { parseBudget } from '../alerts/budget.ts';
import { createPageThresholds } from '../alerts/page-threshold.ts';
import { classOverview } from '../cli/class-readings.ts';
import { ClassWatch } from '../cli/class-watch.ts';
import { createPageRehearsal } from '../cli/page-rehearsal.ts';
import { train } from '../cli/training.ts';
import { signalSchema } from '../core/pack.ts';
import { createRandom } from '../core/random.ts';
import type { RangeQuery, SeriesSource } from '../core/series.ts';

/**
 * A class from nothing to watching: 30 days of history at 5-minute steps read and fitted, the last three days at the step of
 * the class lived through. Run: `node dist/bench/backfill.js [SERIES ...]`, 96 and 10,000 unless given; 100,000 take long.
 */
const width = 8;
const step = 15_000;
const day = 86_400_000;
const until = 20_000 * day;
/** Noise to be read at any place: 2^16 numbers about 0. */
const noise = Float64Array.from({ length: 65_536 }, createRandom(1)).map(u => u - 0.5);

interface GeneratedSource extends SeriesSource {
  /** Samples that it gave, and CPU seconds that it took to make them up. */
  readonly given: { samples: number; cpu: number };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Every query is answered with `count` entities of a daily rhythm and noise, the same each time it is asked for. */
function createGenerated(count: number): GeneratedSource {
  const given = { samples: 0, cpu: 0 };
  const names = Array.from({ length: count }, (_, i) => ({ instance: String(i) }));
  const valueAt = (k: number, row: number, t: number): number => {
    const place = (t / step) * 31 + row * 977 + k * 331;
    const rhythm = noise[(row * 8 + k) & 65_535]! * Math.abs(((t / day) % 1) - 0.5);
    return 60 + 20 * rhythm + noise[place & 65_535]! + noise[(place >> 3) & 65_535]!;
  };
  return {
    given,
    async queryRange({ query, start, end, step: every }: RangeQuery) {
      const before = cpuSeconds();
      const k = Number(query);
      const points = Math.floor((end - start) / every) + 1;
      const t = Float64Array.from({ length: points }, (_, i) => start + i * every);
      const series = names.map((labels, row) => ({ labels, t, v: t.map(at => valueAt(k, row, at)) }));
      given.samples += points * count;
      given.cpu += cpuSeconds() - before;
      return { series, warnings: [], partial: false };
    },
  };
}

function makeWatch(): ClassWatch {
  const signals = Array.from({ length: width }, (_, k) =>
    signalSchema.parse({ name: `signal_${k}`, kind: 'saturation', query: 'bench' }),
  );
  const watch = {
    class: { name: 'bench/all', step, signals },
    entityLabels: ['instance'],
    absent: 'missing',
    queries: signals.map((_, k) => String(k)),
  } as const;
  return new ClassWatch(watch, { fpr: 0.01, seed: 1 });
}

async function measure(series: number) {
  const watch = makeWatch();
  const source = createGenerated(series / width);
  const thresholds = createPageThresholds(parseBudget('2 per service per 1w'));
  const rule = { fpr: 0.01, open: 3, of: 5, close: 12, clear: 0.05, severity: 'warning', url: '' } as const;
  const pages = createPageRehearsal({ ...rule, signal: () => undefined }, thresholds);
  const marks: number[] = [];
  const before = cpuSeconds();
  const progress = (share: number) => {
    if (marks.length === 0 && share >= 0.5) marks.push(cpuSeconds());
    if (marks.length === 1 && share >= 0.6) marks.push(cpuSeconds());
  };
  await train(watch, source, { window: 30 * day, until, pages, progress });
  const end = cpuSeconds();
  const { counts } = classOverview(watch);
  if (counts.watching !== series / width) throw new Error(`not all are watched: ${JSON.stringify(counts)}`);
  const [read = end, fitted = end] = marks;
  return {
    series,
    'read 30 days, s': (read - before).toFixed(1),
    'fit, enrol, s': (fitted - read).toFixed(1),
    'live 3 days, s': (end - fitted).toFixed(1),
    'all, cpu s': (end - before).toFixed(1),
    'of it the source, s': source.given.cpu.toFixed(1),
    'samples, M': (source.given.samples / 1e6).toFixed(0),
    'peak rss MiB': Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

const wanted = process.argv.slice(2).map(Number);
for (const series of wanted.length > 0 ? wanted : [96, 10_000]) console.table([await measure(series)]);
