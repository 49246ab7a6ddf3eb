import type { Incident } from '../core/incident.ts';
import type { PassResult } from '../core/pipeline.ts';
import type { Notification } from '../core/receiver.ts';

/** Downtime up to this long (ms) is passed over step by step; a class that missed more is fitted anew. */
export const longestGap = 6 * 3_600_000;

/** Values that are read at once: 64 MB. */
const mostCells = 8_000_000;

/** So many steps of `series` series are read at once. */
export function stepsAtOnce(series: number): number {
  return Math.max(20, Math.min(1440, Math.floor(mostCells / Math.max(1, series))));
}

/** Where the steps after `from` up to `to` (ms) are cut, so that a piece of `series` series is read at once. */
export function pieceEnds(
  gap: { readonly from: number; readonly to: number; readonly step: number },
  series: number,
): readonly number[] {
  const { from, to, step } = gap;
  const steps = stepsAtOnce(series);
  const ends: number[] = [];
  for (let end = from + steps * step; end < to; end += steps * step) ends.push(end);
  return [...ends, to];
}

/** The newer of two, still the first that people hear of an incident when the older one was. */
function inPlaceOf(older: Notification | undefined, newer: Notification): Notification {
  const { annotations } = newer.alert;
  if (older?.alert.annotations.notification !== 'opened' || annotations.notification !== 'updated')
    return newer;
  return { ...newer, alert: { ...newer.alert, annotations: { ...annotations, notification: 'opened' } } };
}

/**
 * What is told after several passes at once: of each incident its newest state, one notification; of an incident that
 * began and ended among them nothing (`over`): it is in the book, and nobody needs to get up for it any more.
 */
export function worthTelling(
  passes: readonly PassResult[],
  since: number,
): { readonly told: readonly Notification[]; readonly over: readonly Incident[] } {
  if (passes.length === 1) return { told: passes[0]!.notifications, over: [] };
  const incidents = new Map(passes.flatMap(pass => pass.incidents).map(each => [each.id, each]));
  const over = [...incidents.values()].filter(
    ({ endsAt, notifications: [first] }) => endsAt !== undefined && first !== undefined && first.at > since,
  );
  const silent = new Set(over.map(({ id }) => id));
  const newest = new Map<string, Notification>();
  for (const notification of passes.flatMap(pass => pass.notifications)) {
    const id = notification.alert.labels.incident ?? notification.alert.fingerprint;
    if (!silent.has(id)) newest.set(id, inPlaceOf(newest.get(id), notification));
  }
  return { told: [...newest.values()], over };
}
