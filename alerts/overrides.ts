import type { Alert, Suppressed } from '../core/alert.ts';
import { type Labels, labelOf } from '../core/labels.ts';
import type { HoldStage } from '../core/pipeline.ts';

/** An exception as `detection.overrides` states it; what is left out is not changed by it. */
export interface Override {
  /** Label -> exact value; a label that is absent is empty, as in Alertmanager. No labels = everything. */
  readonly match: Labels;
  /** Only this signal; all when left out. */
  readonly signal?: string | undefined;
  readonly fpr?: number | undefined;
  /** Smallest deviation worth a page, in the unit of the signal. */
  readonly floor?: number | undefined;
  readonly mute?: boolean | undefined;
}

/** What holds for one signal of one entity after all overrides; a field that none states is left out. */
export interface Overridden {
  readonly fpr?: number;
  readonly floor?: number;
  readonly mute: boolean;
}

function applies({ match, signal }: Override, labels: Labels, of: string | undefined): boolean {
  if (signal !== undefined && signal !== of) return false;
  return Object.entries(match).every(([name, value]) => labelOf(labels, name) === value);
}

/** For each field, the last override that matches and states it wins. `signal` undefined = not about one signal. */
export function overrideFor(
  overrides: readonly Override[],
  labels: Labels,
  signal: string | undefined,
): Overridden {
  const matching = overrides.filter(each => applies(each, labels, signal));
  const fpr = matching.findLast(each => each.fpr !== undefined)?.fpr;
  const floor = matching.findLast(each => each.floor !== undefined)?.floor;
  const mute = matching.findLast(each => each.mute !== undefined)?.mute ?? false;
  return { ...(fpr === undefined ? {} : { fpr }), ...(floor === undefined ? {} : { floor }), mute };
}

function inWords({ match, signal }: Override): string {
  const who = Object.entries(match).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const about = who.length === 0 ? 'everything' : who.join(', ');
  return `muted: override of ${about}${signal === undefined ? '' : `, signal ${signal}`}`;
}

/** Holds back our alerts that are muted; those of others are never touched. */
export function createMute(overrides: readonly Pick<Override, 'match' | 'signal' | 'mute'>[]): HoldStage {
  const stated = overrides.filter(each => each.mute !== undefined);
  return (_t, alerts) => {
    const passed: Alert[] = [];
    const held: Suppressed[] = [];
    for (const alert of alerts) {
      const { labels } = alert;
      const ours = labels.generator === 'foreshock';
      const last = ours ? stated.findLast(each => applies(each, labels, labels.signal)) : undefined;
      if (last?.mute === true) held.push({ alert, by: inWords(last) });
      else passed.push(alert);
    }
    return { passed, held };
  };
}
