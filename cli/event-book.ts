import type { Config } from '../config/schema.ts';
import type { Anomaly } from '../core/detector.ts';
import { anomalyEvent, type EventSink, incidentEvents, type OwnEvent } from '../core/event.ts';
import type { Incident } from '../core/incident.ts';
import type { Store } from '../core/store.ts';
import type { Metrics } from '../server/metrics.ts';
import { createEventDispatcher, type EventDispatcher } from '../sinks/dispatch.ts';
import { sinks as register } from '../sinks/index.ts';
import type { Log } from './log.ts';

/** The sinks of a config; its options were checked with it. */
export function createEventSinks({ events }: Pick<Config, 'events'>): readonly EventSink[] {
  return events.map(({ name, elasticsearch, kafka }) => {
    if (kafka !== undefined)
      return register.kafka.create(register.kafka.options.parse({ ...kafka, name }), undefined);
    const options = register.elasticsearch.options.parse({ ...elasticsearch, name });
    return register.elasticsearch.create(options, undefined);
  });
}

/** Makes events of what passes see. An anomaly that goes on is one event: when it began. */
export class EventBook {
  #open: ReadonlySet<string> = new Set();

  /** Of one pass: rows that are abnormal now, and incidents; those that were told before keep their ids, and are queued once. */
  take(anomalies: readonly Anomaly[], incidents: readonly Incident[]): readonly OwnEvent[] {
    const all = new Map(anomalies.map(anomalyEvent).map(event => [event.key, event]));
    const began = [...all.values()].filter(({ key }) => !this.#open.has(key));
    this.#open = new Set(all.keys());
    return [...began, ...incidents.flatMap(incident => incidentEvents(incident))];
  }
}

/** Hands events to the sinks of a config, and tells how that went; an outage is said when it begins and when it ends. */
export function createEvents(
  config: Pick<Config, 'events'>,
  parts: { readonly store: Store; readonly metrics: Metrics; readonly log: Log },
): EventDispatcher {
  const { store, metrics, log } = parts;
  const failing = new Set<string>();
  return createEventDispatcher({
    store,
    sinks: createEventSinks(config),
    clock: Date.now,
    random: Math.random,
    observe: ({ sink, kind, count, message }) => {
      metrics.events.inc({ sink, outcome: kind }, count);
      if (kind === 'delivered' && failing.delete(sink)) log.info(`events ${sink}: taken again`);
      if (kind === 'rejected')
        log.warn(`events ${sink}: refused for good, kept as a dead letter: ${message}`);
      if (kind !== 'retry' || failing.has(sink)) return;
      failing.add(sink);
      log.warn(`events ${sink}: ${message}; it is tried again`);
    },
  });
}
