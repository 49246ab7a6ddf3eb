import { createRandom } from '../../core/random.ts';
import { type HourlyPast, hour, hourOfWeek } from '../../forecasters/incident-odds-past.ts';

export const monday = Date.parse('2026-01-05T00:00:00Z');

/** A service with more incidents in office hours and while its signal is up, each of which may bring another soon. */
export function world(name: string, days: number, seed: number): HourlyPast {
  const random = createRandom(seed);
  const rows = 24 * days;
  const begun: number[] = [];
  const signal = new Float64Array(rows);
  const activity = new Float64Array(rows);
  let pressure = 0;
  let echo = 0;
  for (let i = 0; i < rows; i++) {
    const t = monday + i * hour;
    const how = hourOfWeek(t);
    const office = how < 120 && how % 24 >= 8 && how % 24 < 18;
    if (random() < 0.03) pressure = 6;
    signal[i] = pressure > 0 ? 1 : 0;
    activity[i] = office ? 20 + Math.floor(10 * random()) : 2 + Math.floor(3 * random());
    const rate = (office ? 0.05 : 0.005) + (pressure > 0 ? 0.12 : 0) + 0.1 * echo;
    echo *= 0.4;
    pressure = Math.max(0, pressure - 1);
    if (random() >= 1 - Math.exp(-rate)) continue;
    begun.push(t + Math.floor(random() * hour));
    echo += 1;
  }
  const times = Float64Array.from(begun);
  return { name, from: monday, rows, begun: times, known: times, activity, signals: [signal] };
}

/** The same past as it was known at `t` (ms). */
export function knownBefore(past: HourlyPast, t: number): HourlyPast {
  const rows = Math.floor((t - past.from) / hour) + 1;
  return {
    ...past,
    rows,
    begun: past.begun.filter(each => each < t),
    known: past.known.filter(each => each < t),
    activity: past.activity.slice(0, rows),
    signals: past.signals.map(signal => signal.slice(0, rows)),
  };
}
