import { z } from 'zod';

const id = z.string().min(1).max(200);
const person = z
  .string({ error: 'must be the name of who says it' })
  .trim()
  .regex(/^[^\p{Cc}]{1,100}$/u, 'must be a name of 1 to 100 characters');
const text = z
  .string({ error: 'must be a text' })
  .trim()
  .regex(/^(?:[^\p{Cc}]|[\n\t\r]){1,4000}$/u, 'must be a text of 1 to 4000 characters');
const given = { at: z.number(), by: person };

/** One thing that a person said of incidents, as the store keeps it. `at` in ms. */
export const feedbackSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['ack', 'confirm', 'reject']),
    incident: id,
    text: text.optional(),
    ...given,
  }),
  z.strictObject({ kind: z.literal('note'), incident: id, text, ...given }),
  /** `incidents` are one incident from here on: `into`, which is one of them. */
  z.strictObject({ kind: z.literal('merge'), incidents: z.array(id).min(2), into: id, ...given }),
  /** The alerts with these fingerprints are an incident of their own from here on: `made`. */
  z.strictObject({
    kind: z.literal('split'),
    incident: id,
    alerts: z.array(z.string()).min(1),
    made: id,
    ...given,
  }),
]);
export type Feedback = Readonly<z.output<typeof feedbackSchema>>;
export type FeedbackKind = Feedback['kind'];
/** What people did to the shape of incidents. */
export type Reshaping = Extract<Feedback, { kind: 'merge' | 'split' }>;

export const isReshaping = (each: Feedback): each is Reshaping =>
  each.kind === 'merge' || each.kind === 'split';

const ids = z.array(id, { error: 'must be a list of incidents' }).max(100, 'must be 100 incidents at most');
const alerts = z
  .array(z.string().min(1), { error: 'must be a list of fingerprints of alerts' })
  .max(10_000, 'must be 10000 fingerprints at most');

/** What the API, the page and the command take of a person: the same words in each. */
export const saidSchema = z.strictObject({ by: person, text: text.optional() });
export const noteSchema = z.strictObject({ by: person, text });
export const mergeSchema = z.strictObject({ by: person, ids: ids.min(2, 'must be two incidents or more') });
export const splitSchema = z.strictObject({ by: person, alerts: alerts.min(1, 'must be one alert or more') });

/** What one person said of an incident, and when (ms). */
export interface Remark {
  readonly at: number;
  readonly by: string;
  readonly text: string | undefined;
}

/** Whether the incident was a real one: what its alerts are worth is learned from it. */
export interface Verdict extends Remark {
  readonly real: boolean;
}

/** What people said of an incident so far. */
export interface IncidentFeedback {
  /** The first who took it. */
  readonly acknowledged: Remark | undefined;
  /** The last that was said: people change their minds. */
  readonly verdict: Verdict | undefined;
  readonly notes: readonly Remark[];
}

/**
 * What people said of the incident with this id, or of the one that it was merged into; nothing is said of an id that is not
 * known. For whoever learns from feedback: budget, regret, escalation.
 */
export type FeedbackOf = (incident: string) => IncidentFeedback;

export const noFeedback: IncidentFeedback = { acknowledged: undefined, verdict: undefined, notes: [] };

/** The id under which an incident is shown: its own, or that of the one it was merged into. */
export function homeOf(incident: string, records: readonly Feedback[]): string {
  let home = incident;
  for (const each of records) if (each.kind === 'merge' && each.incidents.includes(home)) home = each.into;
  return home;
}

/** The id under which an alert of an incident is shown, after all merges and splits in their order. */
export function placeOfAlert(
  alert: { readonly incident: string; readonly fingerprint: string },
  records: readonly Feedback[],
): string {
  let place = alert.incident;
  for (const each of records) {
    if (each.kind === 'merge' && each.incidents.includes(place)) place = each.into;
    if (each.kind === 'split' && each.incident === place && each.alerts.includes(alert.fingerprint))
      place = each.made;
  }
  return place;
}

/**
 * Reads all records, in their order. Notes and acknowledgements come along into a merge; a verdict holds for the incident
 * it was said of.
 */
export function readFeedback(records: readonly Feedback[]): FeedbackOf {
  const merges = records.filter(each => each.kind === 'merge');
  const all = new Map<string, IncidentFeedback>();
  for (const each of records) {
    if (each.kind === 'merge' || each.kind === 'split') continue;
    const home = homeOf(each.incident, merges);
    const before = all.get(home) ?? noFeedback;
    const remark: Remark = { at: each.at, by: each.by, text: each.text };
    if (each.kind === 'note') all.set(home, { ...before, notes: [...before.notes, remark] });
    else if (each.kind === 'ack') all.set(home, { ...before, acknowledged: before.acknowledged ?? remark });
    else if (each.incident === home)
      all.set(home, { ...before, verdict: { ...remark, real: each.kind === 'confirm' } });
  }
  return incident => all.get(homeOf(incident, merges)) ?? noFeedback;
}
