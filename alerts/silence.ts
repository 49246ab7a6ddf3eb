import { z } from 'zod';
import { type Alert, type Suppressed, storedAlertSchema } from '../core/alert.ts';
import type { Labels } from '../core/labels.ts';
import type { HoldStage } from '../core/pipeline.ts';
import type { Silence } from '../core/silence.ts';

/** What it holds back is stored between passes. */
export type SilenceHold = HoldStage & { toBytes(): Uint8Array };

const stateSchema = z.array(storedAlertSchema);

/** Who silenced it, until when and why, in words. */
export function saySilence({ createdBy, comment, endsAt }: Silence): string {
  const who = createdBy === '' ? 'somebody' : createdBy;
  const why = comment === '' ? '' : `: ${comment}`;
  return `silenced by ${who} until ${new Date(endsAt).toISOString()}${why}`;
}

/** The silence that holds back what has these labels; undefined when none does. */
export function silenceOf(labels: Labels, silences: readonly Silence[]): Silence | undefined {
  return silences.find(({ matches }) => matches(labels));
}

/**
 * Holds back what a silence of an Alertmanager matches, ours and others' alike. Nothing is lost: others' alerts come once, so each
 * is remembered while it fires, also over a restart (`stored`), and let through when its silence is over. An end is never held
 * back: what was told before is told to be over. Throws an Error when `stored` is not what `toBytes` wrote.
 */
export function createSilenceHold(
  active: () => readonly Silence[],
  stored?: Uint8Array | undefined,
): SilenceHold {
  const before = stored === undefined ? [] : stateSchema.parse(JSON.parse(new TextDecoder().decode(stored)));
  const waiting = new Map<string, Alert>(before.map(alert => [alert.fingerprint, alert]));
  const hold: HoldStage = (t, alerts) => {
    const silences = active();
    if (silences.length === 0 && waiting.size === 0) return { passed: alerts, held: [] };
    const isOver = ({ endsAt }: Alert) => endsAt !== undefined && endsAt <= t;
    for (const alert of alerts) waiting.delete(alert.fingerprint);
    for (const [key, alert] of waiting) if (isOver(alert)) waiting.delete(key);
    const passed: Alert[] = [];
    const held: Suppressed[] = [];
    for (const alert of [...alerts, ...waiting.values()]) {
      const silence = isOver(alert) ? undefined : silenceOf(alert.labels, silences);
      if (silence === undefined) {
        waiting.delete(alert.fingerprint);
        passed.push(alert);
        continue;
      }
      waiting.set(alert.fingerprint, alert);
      held.push({ alert, by: saySilence(silence), rule: `silence: ${silence.id}` });
    }
    return { passed, held };
  };
  const toBytes = () => new TextEncoder().encode(JSON.stringify([...waiting.values()]));
  return Object.assign(hold, { toBytes });
}
