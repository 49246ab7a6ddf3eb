import { z } from 'zod';
import type { Anomaly } from './detector.ts';
import type { Incident } from './incident.ts';
import { fingerprint, type Labels } from './labels.ts';
import { sayEntity, saySignal } from './say-name.ts';

const eventSchema = z.strictObject({
  id: z.string(),
  key: z.string(),
  t: z.number(),
  kind: z.enum(['anomaly', 'incident', 'audit']),
  action: z.string(),
  message: z.string(),
  entity: z.record(z.string(), z.string()),
  details: z.record(z.string(), z.unknown()),
});

/**
 * Something that foreshock saw or did, for whoever keeps such things: `id` is the same over restarts and retries, events
 * with one `key` belong together and keep their order, `t` in ms.
 */
export type OwnEvent = Readonly<z.output<typeof eventSchema>>;

/** Made from config, fed by the outbox at least once, closed at the end. */
export interface EventSink {
  readonly name: string;
  /** Resolves when all are safe on the other side, else rejects with a `SourceError`; what was taken before may come again. */
  deliver(events: readonly OwnEvent[], signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export const writeEvent = (event: OwnEvent): string => JSON.stringify(event);

/** Throws for what `writeEvent` did not write. */
export const readEvent = (text: string): OwnEvent => eventSchema.parse(JSON.parse(text));

/** An anomaly of one entity at one time. */
export function anomalyEvent(anomaly: Anomaly): OwnEvent {
  const { entity, t, score, p, shares, band, worst, state, reason, examples } = anomaly;
  const key = `${anomaly.class}/${fingerprint(entity)}`;
  const details = { class: anomaly.class, score, p, shares, band, worst, state, reason, examples };
  const signal = worst?.signal ?? shares[0]?.signal;
  const what = signal === undefined ? sayEntity(entity) : `${saySignal(signal)} of ${sayEntity(entity)}`;
  const message = `${what} is unusual${reason === '' ? '' : `: ${reason}`}`;
  return {
    id: `anomaly/${key}/${t}`,
    key,
    t,
    kind: 'anomaly',
    action: 'anomaly-detected',
    message,
    entity,
    details,
  };
}

/** The state changes of an incident that people were told of, from number `from` on: opened, updated, resolved. */
export function incidentEvents(incident: Incident, from = 0): readonly OwnEvent[] {
  const { id, startsAt, endsAt, members, suspects, escalation, notifications } = incident;
  const entity = suspects[0]?.entity ?? members[0]?.alert.labels ?? {};
  const last = notifications.length - 1;
  return notifications.slice(from).map(({ at, why }, k) => {
    const number = from + k;
    const resolved = endsAt !== undefined && number === last;
    const change = resolved ? 'resolved' : number === 0 ? 'opened' : 'updated';
    return {
      id: `incident/${id}/${number}/${change}`,
      key: `incident/${id}`,
      t: at,
      kind: 'incident',
      action: `incident-${change}`,
      message: why,
      entity,
      details: {
        id,
        starts_at: new Date(startsAt).toISOString(),
        ...(resolved ? { ends_at: new Date(endsAt).toISOString() } : {}),
        alerts: members.map(({ alert, reason }) => ({ labels: alert.labels, reason })),
        suspects,
        escalation,
      },
    };
  });
}

/** Something that a person or the program did to foreshock. `number` counts the entries of its trail. */
export function auditEvent(entry: {
  readonly number: number;
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}): OwnEvent {
  const { number, at, actor, action, message, details = {} } = entry;
  const entity: Labels = {};
  return {
    id: `audit/${number}/${at}`,
    key: 'audit',
    t: at,
    kind: 'audit',
    action,
    message,
    entity,
    details: { number, actor, ...details },
  };
}

/** `event.type` of the Elastic Common Schema for an action that ends like this. */
const types: readonly (readonly [ending: RegExp, type: string])[] = [
  [/-opened$/, 'start'],
  [/-resolved$/, 'end'],
  [/-updated$/, 'change'],
];

/** Names of a label that the Elastic Common Schema has a field for. */
const ecsFields: readonly (readonly [label: string, object: string])[] = [
  ['service', 'service'],
  ['host', 'host'],
];

/**
 * An event in the fields of the Elastic Common Schema 8.11; what it has no field for is in `foreshock.<kind>`. A number that
 * is none (NaN, infinite) is null.
 */
export function eventDocument(event: OwnEvent): Readonly<Record<string, unknown>> {
  const { id, t, kind, action, message, entity, details } = event;
  const named = ecsFields.filter(([label]) => entity[label] !== undefined);
  return {
    '@timestamp': new Date(t).toISOString(),
    ecs: { version: '8.11.0' },
    message,
    event: {
      id,
      kind: kind === 'incident' ? 'alert' : 'event',
      category: kind === 'audit' ? ['configuration'] : [],
      type: [types.find(([ending]) => ending.test(action))?.[1] ?? 'info'],
      action,
      module: 'foreshock',
      dataset: `foreshock.${kind}`,
    },
    labels: entity,
    ...Object.fromEntries(named.map(([label, object]) => [object, { name: entity[label] }])),
    foreshock: { [kind]: details },
  };
}
