import { z } from 'zod';
import { storedAlertSchema } from '../core/alert.ts';
import type { OpenIncident } from './open-incident.ts';

const labels = z.record(z.string(), z.string());
const member = z
  .object({
    alert: storedAlertSchema,
    place: z.object({ id: z.string(), entity: labels, also: z.array(z.string()) }),
    reason: z.string(),
    since: z.number(),
    until: z.number().optional(),
    fired: z.number(),
  })
  .transform(value => ({ ...value, until: value.until }));

const incident = z.object({
  id: z.string(),
  startsAt: z.number(),
  openedAt: z.number(),
  endsAt: z.number().optional(),
  due: z.number().optional(),
  lastAt: z.number(),
  firing: z.number(),
  toldSeverity: z.number(),
  severity: z.number(),
  members: z.array(z.tuple([z.string(), member])),
  places: z.array(
    z.tuple([z.string(), z.object({ first: z.number(), last: z.number(), firing: z.number() })]),
  ),
  shared: z.array(z.string()),
  timeline: z.array(z.object({ at: z.number(), what: z.string() })),
  notifications: z.array(z.object({ at: z.number(), why: z.string() })),
  suspects: z.array(
    z.object({ entity: labels, signal: z.string(), score: z.number(), evidence: z.array(z.string()) }),
  ),
});

const stateSchema = z.object({ version: z.literal(1), opened: z.number(), incidents: z.array(incident) });

/** What a correlator keeps over a restart. */
export interface CorrelatorState {
  /** How many incidents were opened so far. */
  readonly opened: number;
  readonly incidents: readonly OpenIncident[];
}

/** The state as UTF-8 JSON with a version. */
export function encodeState(state: CorrelatorState): Uint8Array {
  const incidents = state.incidents.map(one => ({
    ...one,
    members: [...one.members],
    places: [...one.places],
    shared: [...one.shared],
  }));
  return new TextEncoder().encode(JSON.stringify({ version: 1, opened: state.opened, incidents }));
}

/** Reads what `encodeState` wrote. Throws an Error that says so when the bytes are something else. */
export function decodeState(bytes: Uint8Array): CorrelatorState {
  const text = new TextDecoder().decode(bytes);
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (cause) {
    throw new Error('the stored state of the correlator is not JSON', { cause });
  }
  const parsed = stateSchema.safeParse(read);
  if (!parsed.success)
    throw new Error(`the stored state of the correlator is not readable: ${z.prettifyError(parsed.error)}`);
  const incidents = parsed.data.incidents.map(one => ({
    ...one,
    endsAt: one.endsAt,
    due: one.due,
    members: new Map(one.members),
    places: new Map(one.places),
    shared: new Set(one.shared),
  }));
  return { opened: parsed.data.opened, incidents };
}
