import { z } from 'zod';
import type { Alert } from '../core/alert.ts';
import { includes, parseFingerprint } from '../core/labels.ts';
import { budgetRule } from './regret-rules.ts';

const schema = z.strictObject({
  rule: z.string(),
  /** First time that the rule held something back there, ms. */
  at: z.number(),
  /** The incident under which it was put; undefined = nobody could see it at all. */
  incident: z.string().optional(),
  /** Alerts, by fingerprint. */
  alerts: z.array(z.string()),
  /** When it was let through, ms, and opened the incident: that is about what was hidden before. */
  surfaced: z.number().optional(),
  /** When it turned out to have been wrong, ms, and why in words. */
  regret: z.strictObject({ at: z.number(), why: z.string() }).optional(),
});

/**
 * What one rule held back in one incident, or one alert that it hid altogether: the unit in which regret is counted, so that a
 * storm speaks no louder than a single alert.
 */
export type Folding = Readonly<z.output<typeof schema>>;

const mostAlerts = 500;
/** What was let through so long after it had been hidden is another matter, ms. */
const surfacesWithin = 86_400_000;
/** What the budget held back is an entity, and the beginning of what comes so soon after, ms. */
const beginsWithin = 3_600_000;

/** Whether what was hidden is the alert, or the beginning of it. */
function isOf({ rule, at, alerts: [hidden = ''] }: Folding, alert: Alert, t: number): boolean {
  if (rule !== budgetRule) return hidden === alert.fingerprint && t - at <= surfacesWithin;
  return t - at <= beginsWithin && includes(alert.labels, parseFingerprint(hidden));
}

const keyOf = ({ rule, incident, alerts, at }: Folding): string =>
  `${rule} | ${incident ?? `hidden ${alerts[0]} ${at}`}`;

/** The text of a folding, and back; throws an Error for what is none. */
export const packFolding = (folding: Folding): string => JSON.stringify(folding);
export const unpackFolding = (text: string): Folding => schema.parse(JSON.parse(text));

/** All foldings of the time that counts. Made empty or from what was kept; it remembers what changed. */
export class Foldings {
  readonly #all: Map<string, Folding>;
  /** Keys of what is hidden, by rule and alert. */
  readonly #hidden = new Map<string, string>();
  #changed = new Set<string>();

  constructor(kept: readonly Folding[] = []) {
    this.#all = new Map(kept.map(each => [keyOf(each), each]));
    for (const [key, each] of this.#all) this.#index(key, each);
  }

  #index(key: string, { rule, incident, alerts }: Folding): void {
    if (incident === undefined) this.#hidden.set(`${rule} ${alerts[0]}`, key);
  }

  #put(folding: Folding): void {
    const key = keyOf(folding);
    this.#all.set(key, folding);
    this.#changed.add(key);
    this.#index(key, folding);
  }

  #drop(key: string): void {
    const known = this.#all.get(key);
    if (known === undefined) return;
    this.#all.delete(key);
    this.#changed.add(key);
    this.#hidden.delete(`${known.rule} ${known.alerts[0]}`);
  }

  all(): readonly Folding[] {
    return [...this.#all.values()];
  }

  /** A rule put an alert under an incident. */
  folded(rule: string, { alert, incident, at }: { alert: string; incident: string; at: number }): void {
    const hidden = this.#hidden.get(`${rule} ${alert}`);
    if (hidden !== undefined) this.#drop(hidden);
    const known = this.#all.get(`${rule} | ${incident}`) ?? { rule, at, incident, alerts: [] };
    if (known.alerts.includes(alert) || known.alerts.length >= mostAlerts) return;
    this.#put({ ...known, alerts: [...known.alerts, alert] });
  }

  /** A rule hid an alert that no incident is near to. */
  hid(rule: string, { alert, at }: { alert: string; at: number }): void {
    const known = this.#all.get(this.#hidden.get(`${rule} ${alert}`) ?? '');
    if (known === undefined || at - known.at > surfacesWithin) this.#put({ rule, at, alerts: [alert] });
  }

  /** An alert that had been hidden was let through, and opened an incident. */
  surfaced(alert: Alert, { incident, at }: { incident: string; at: number }): void {
    for (const [name, key] of this.#hidden) {
      const known = this.#all.get(key);
      if (known === undefined || !isOf(known, alert, at)) continue;
      this.#hidden.delete(name);
      this.#drop(key);
      this.#put({ ...known, incident, surfaced: at });
    }
  }

  /** An incident went on in another one. */
  merged(from: string, into: string): void {
    for (const [key, each] of this.#all) {
      if (each.incident !== from) continue;
      this.#drop(key);
      const there = this.#all.get(`${each.rule} | ${into}`);
      const alerts = [...new Set([...(there?.alerts ?? []), ...each.alerts])].slice(0, mostAlerts);
      this.#put({ ...each, ...there, incident: into, alerts });
    }
  }

  regret(folding: Folding, regret: NonNullable<Folding['regret']>): void {
    this.#put({ ...folding, regret });
  }

  /** Forgets what began before `t` (ms). */
  expire(t: number): void {
    for (const [key, { at }] of this.#all) if (at < t) this.#drop(key);
  }

  /** Keys of what changed since the last call, each with the folding; without one it is gone. */
  takeChanged(): readonly (readonly [key: string, folding: Folding | undefined])[] {
    const changed = [...this.#changed].map(key => [key, this.#all.get(key)] as const);
    this.#changed = new Set();
    return changed;
  }
}
