import { z } from 'zod';
import { storedAlertSchema } from '../core/alert.ts';
import type { ExperienceState } from './experience.ts';
import type { KinshipLessonsState } from './kinship-lessons.ts';
import type { OpenIncident } from './open-incident.ts';

const labels = z.record(z.string(), z.string());
const place = z.object({
  id: z.string(),
  entity: labels,
  also: z.array(z.string()),
  asked: z.literal(true).optional(),
  suffers: z.literal(true).optional(),
  scarce: z.literal(true).optional(),
  peer: z.string().optional(),
});
const member = z
  .object({
    alert: storedAlertSchema,
    place: place,
    reason: z.string(),
    since: z.number(),
    until: z.number().optional(),
    fired: z.number(),
    starts: z.array(z.number()),
  })
  .transform(value => ({ ...value, until: value.until }));

const activity = z
  .object({
    first: z.number(),
    last: z.number(),
    firing: z.number(),
    quietSince: z.number(),
    alerts: z.array(z.string()),
    callee: z.string().optional(),
  })
  .transform(value => ({ ...value, callee: value.callee }));

const incident = z.object({
  elsewhere: z.array(z.string()),
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
  rankedAt: z.number().optional(),
  longestGap: z.number(),
  nextUntil: z.number().optional(),
  places: z.array(z.tuple([z.string(), activity])),
  shared: z.array(z.string()),
  timeline: z.array(z.object({ at: z.number(), what: z.string() })),
  notifications: z.array(z.object({ at: z.number(), why: z.string() })),
  metrics: z
    .object({
      services: z.array(z.object({ name: z.string(), score: z.number() })),
      signals: z.array(
        z.object({
          service: z.string(),
          signal: z.string(),
          score: z.number(),
          evidence: z.array(z.string()),
        }),
      ),
    })
    .optional(),
  home: z.string().optional(),
  apart: z
    .object({ alerts: z.array(z.string()), places: z.array(z.string()), incidents: z.array(z.string()) })
    .optional(),
  suspects: z.array(
    z.object({ entity: labels, signal: z.string(), score: z.number(), evidence: z.array(z.string()) }),
  ),
});

const experience = z
  .object({
    at: z.number().optional(),
    opened: z.number(),
    ended: z.number(),
    lone: z.number(),
    watched: z.number(),
    symptoms: z.object({ count: z.number(), total: z.number() }),
    followers: z.object({ count: z.number(), total: z.number() }),
  })
  .transform(value => ({ ...value, at: value.at }));

const stateSchema = z.object({
  version: z.literal(2),
  opened: z.number(),
  places: z.number(),
  experience,
  lessons: z
    .array(z.tuple([z.string(), z.object({ split: z.number(), merged: z.number(), at: z.number() })]))
    .optional(),
  incidents: z.array(incident),
});

/** What a correlator keeps over a restart. */
export interface CorrelatorState {
  /** How many incidents were opened so far. */
  readonly opened: number;
  /** The most places that were known at once. */
  readonly places: number;
  readonly experience: ExperienceState;
  /** What people taught; not there in what an older version wrote. */
  readonly lessons?: KinshipLessonsState | undefined;
  /** What is open, each with the alerts that are looked for in another incident since. */
  readonly incidents: readonly { readonly incident: OpenIncident; readonly elsewhere: readonly string[] }[];
}

/** The state as UTF-8 JSON with a version. */
export function encodeState(state: CorrelatorState): Uint8Array {
  const incidents = state.incidents.map(({ incident: one, elsewhere }) => ({
    ...one,
    elsewhere,
    nextUntil: Number.isFinite(one.nextUntil) ? one.nextUntil : undefined,
    touched: undefined,
    changed: undefined,
    asked: undefined,
    members: [...one.members],
    places: [...one.places],
    shared: [...one.shared],
  }));
  return new TextEncoder().encode(JSON.stringify({ version: 2, ...state, incidents }));
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
  const incidents = parsed.data.incidents.map(({ elsewhere, ...one }) => ({
    elsewhere,
    incident: {
      ...one,
      endsAt: one.endsAt,
      due: one.due,
      rankedAt: one.rankedAt,
      asked: undefined,
      metrics: one.metrics,
      home: one.home,
      apart: one.apart,
      nextUntil: one.nextUntil ?? Number.POSITIVE_INFINITY,
      touched: true,
      changed: 'all' as const,
      members: new Map(one.members),
      places: new Map(one.places),
      shared: new Set(one.shared),
    },
  }));
  return { ...parsed.data, incidents };
}
