import { openCapacityBook } from '../../cli/capacity-book.ts';
import { CapacityDesk, type CapacityEvent } from '../../cli/capacity-desk.ts';
import { forecastCapacity } from '../../cli/capacity-forecast.ts';
import type { CapacityMaker } from '../../cli/capacity-pool.ts';
import { CapacityWarnings } from '../../cli/capacity-warnings.ts';
import type { Alert } from '../../core/alert.ts';
import { createRandom } from '../../core/random.ts';
import type { Store } from '../../core/store.ts';
import type { DailySource, Thing } from './capacity-source.ts';

export const day = 86_400_000;
/** The day on which the desk begins, in days since 1970. */
export const today = Math.round(Date.UTC(2026, 5, 1) / day);
/** Makes forecasts in this thread. */
export const here: CapacityMaker = {
  make: async ({ tasks, how }) => tasks.map(task => forecastCapacity(task, how)),
  rest: async () => {},
};

const random = createRandom(4);
const jitter = Array.from({ length: 4000 }, () => random() - 0.5);
/** Repeatable noise of a day, between -.5 and .5. */
export const noise = (d: number) => jitter[d % jitter.length]!;
/** Missing before a day. */
export const since = (d: number, first: number, value: number) => (d < first ? Number.NaN : value);

/** A disk of 100. */
export function disk(name: string, used: (d: number) => number, limit = (_: number) => 100): Thing {
  return { labels: { instance: name }, used, limit };
}

/** Full `left` days after today, after 90 days of growth. */
export const filling = (name: string, left: number): Thing =>
  disk(name, d => since(d, today - 90, 100 - 0.5 * (today + left - d) + 0.3 * noise(d)));

/** A desk over a source, with what it says, does and tells. */
export function open(
  source: DailySource,
  store: Store,
  { start = today, series = 1000, holidays = [] as readonly string[] } = {},
) {
  const said: string[] = [];
  const events: CapacityEvent[] = [];
  const say = (message: string) => void said.push(message);
  const told: Alert[] = [];
  const table = store.values('capacity-warnings');
  const put = (alerts: readonly Alert[]) => void told.push(...alerts);
  const warnings = new CapacityWarnings({ table, put, url: 'http://here' });
  let now = start * day + 3_600_000;
  const desk = new CapacityDesk({
    resources: [
      {
        ...{ pack: 'node', resource: 'filesystem', unit: 'bytes', daily: 'max', about: '' },
        ...{ action: 'Remove old data.', used: 'disk_used', limit: 'disk_limit', regressors: [] },
        ...{ source: { name: 'here', source }, labels: {} },
      },
    ],
    book: openCapacityBook(store, say),
    maker: here,
    ...{ horizon: 30 * day, history: 395 * day, series, holidays },
    thresholds: { warning: 7 * day, critical: 2 * day },
    clock: () => now,
    random: () => 0.5,
    log: { info: say, warn: say, error: say },
    observe: event => void events.push(event),
    tell: (troubles, at) => warnings.tell(troubles, at),
  });
  const later = (ms: number) => {
    now += ms;
  };
  const goTo = async (d: number) => {
    now = d * day + 3_600_000;
    await desk.step(new AbortController().signal);
  };
  return { desk, said, events, told, goTo, later };
}

/** What a desk says of the end of a disk. */
export const stateOf = (desk: CapacityDesk, instance: string) =>
  desk.forecasts().find(({ entity }) => entity.instance === instance)?.exhaustion;
