import { z } from 'zod';
import { type Alert, type Suppressed, storedAlertSchema } from '../core/alert.ts';
import { parseMatcher } from '../core/matcher.ts';
import type { HoldStage } from '../core/pipeline.ts';
import type { IsOff } from './switchable.ts';

/** As `inhibit_rules` of Alertmanager: while a source fires, the targets that agree with it on `equal` are held back. */
export interface InhibitRule {
  readonly source_matchers: readonly string[];
  readonly target_matchers: readonly string[];
  readonly equal: readonly string[];
}

interface CompiledRule {
  /** What the rule is known by: its matchers. */
  readonly name: string;
  isSource(alert: Alert): boolean;
  /** The source that holds the alert back; undefined when none does. */
  causeOf(alert: Alert, sources: Iterable<Alert>): Alert | undefined;
}

function compile({ source_matchers, target_matchers, equal }: InhibitRule): CompiledRule {
  const sources = source_matchers.map(parseMatcher);
  const targets = target_matchers.map(parseMatcher);
  const isSource = (alert: Alert) => sources.every(matches => matches(alert.labels));
  const isTarget = (alert: Alert) => targets.every(matches => matches(alert.labels));
  const agree = (a: Alert, b: Alert) =>
    equal.every(name => (a.labels[name] ?? '') === (b.labels[name] ?? ''));
  const name = `inhibit: ${source_matchers.join(', ')} over ${target_matchers.join(', ')}`;
  return {
    name,
    isSource,
    causeOf(alert, firing) {
      if (!isTarget(alert)) return undefined;
      const both = isSource(alert);
      for (const other of firing)
        if (isSource(other) && !(both && isTarget(other)) && agree(other, alert)) return other;
      return undefined;
    },
  };
}

/** What it remembers is stored between passes. */
export type Inhibit = HoldStage & { toBytes(): Uint8Array };

const stateSchema = z.strictObject({
  sources: z.array(storedAlertSchema),
  waiting: z.array(storedAlertSchema),
});

function remembered(stored: Uint8Array | undefined): z.output<typeof stateSchema> {
  if (stored === undefined) return { sources: [], waiting: [] };
  return stateSchema.parse(JSON.parse(new TextDecoder().decode(stored)));
}

/**
 * Alertmanager's inhibition: an alert that matches both sides is never held back by another that does. Others' alerts come
 * once: a source is remembered until it ends, also over a restart (`stored`), and a target that still fires then is let
 * through; so is one whose rule is switched off. Throws an Error when `stored` is not what `toBytes` wrote.
 */
export function createInhibit(
  rules: readonly InhibitRule[],
  { stored, isOff = () => false }: { readonly stored?: Uint8Array | undefined; readonly isOff?: IsOff } = {},
): Inhibit {
  const compiled = rules.map(compile);
  const state = remembered(stored);
  const isSource = (alert: Alert) => compiled.some(rule => rule.isSource(alert));
  const byFingerprint = (alerts: readonly Alert[]) => new Map(alerts.map(each => [each.fingerprint, each]));
  const sources = byFingerprint(state.sources.filter(isSource));
  const waiting = byFingerprint(state.waiting);
  const isOver = ({ endsAt }: Alert, t: number) => endsAt !== undefined && endsAt <= t;
  const remember = (t: number, alerts: readonly Alert[]): void => {
    for (const alert of alerts) {
      waiting.delete(alert.fingerprint);
      if (isSource(alert)) sources.set(alert.fingerprint, alert);
    }
    for (const known of [sources, waiting])
      for (const [key, alert] of known) if (isOver(alert, t)) known.delete(key);
  };
  const toBytes = () =>
    new TextEncoder().encode(
      JSON.stringify({ sources: [...sources.values()], waiting: [...waiting.values()] }),
    );
  const firstCause = (alert: Alert): readonly [cause: Alert | undefined, rule: string] => {
    for (const rule of compiled) {
      const cause = isOff(rule.name) ? undefined : rule.causeOf(alert, sources.values());
      if (cause !== undefined) return [cause, rule.name];
    }
    return [undefined, ''];
  };
  const hold: HoldStage = (t, alerts) => {
    if (compiled.length === 0 && waiting.size === 0) return { passed: alerts, held: [] };
    remember(t, alerts);
    const passed: Alert[] = [];
    const held: Suppressed[] = [];
    for (const alert of [...alerts, ...waiting.values()]) {
      const [cause, rule] = firstCause(alert);
      if (cause === undefined) {
        waiting.delete(alert.fingerprint);
        passed.push(alert);
        continue;
      }
      const by = `inhibited by ${cause.labels.alertname ?? 'an alert'} ${cause.fingerprint}`;
      if (!waiting.has(alert.fingerprint)) held.push({ alert, by, rule });
      if (alert.labels.generator !== 'foreshock' && !isOver(alert, t)) waiting.set(alert.fingerprint, alert);
    }
    return { passed, held };
  };
  return Object.assign(hold, { toBytes });
}
