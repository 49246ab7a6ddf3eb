import type { Alert } from '../core/alert.ts';
import { saySignal } from '../core/say-name.ts';
import { saySpan } from '../core/say-time.ts';
import type { Place } from './place.ts';
import { symptomOf } from './symptom.ts';

/** An alert that fires so often within an hour flaps. */
const often = 4;
const within = 3_600_000;

interface Comings {
  /** When it began to fire, the last times, ms. */
  readonly starts: readonly number[];
}

/** The last starts that lie within an hour of the newest. */
function recent({ starts }: Comings): readonly number[] {
  const newest = starts.at(-1) ?? 0;
  return starts.filter(start => newest - start <= within);
}

/** True for an alert that comes and goes many times within an hour. */
export function flaps(member: Comings): boolean {
  return recent(member).length >= often;
}

/** That an alert flaps, in words. */
export function flappingWords(member: Comings & { readonly alert: Alert; readonly place: Place }): string {
  const starts = recent(member);
  const span = saySpan(starts.at(-1)! - starts[0]!);
  const what = saySignal(symptomOf(member.alert).name);
  return `${what} on ${member.place.id} flaps: it fired ${starts.length} times within ${span} and is told of once`;
}
