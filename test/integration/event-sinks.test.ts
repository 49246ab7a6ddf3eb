import { readFileSync, rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { elasticsearch as elasticsearchCollector } from '../../collectors/elasticsearch.ts';
import { kafka as kafkaCollector } from '../../collectors/kafka.ts';
import { auditEvent, type EventSink, incidentEvents, type OwnEvent } from '../../core/event.ts';
import type { Incident } from '../../core/incident.ts';
import { createEventDispatcher, type SinkReport } from '../../sinks/dispatch.ts';
import { sinks } from '../../sinks/index.ts';
import { openStore } from '../../store/sqlite.ts';
import { missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { startCollector } from './recording-sink.ts';
import { createElasticsearchServer, type ElasticsearchServer } from './services/elasticsearch.ts';
import { missingServers } from './services/jars.ts';
import { createKafkaServer, type KafkaServer } from './services/kafka.ts';

const missing = [...missingServers('kafka', 'elasticsearch'), ...missingCommands('java', 'kcat')];
const deployed = new URL('../../deploy/elasticsearch/', import.meta.url);
const start = Date.parse('2026-11-30T12:00:00Z');

/** An incident that opened, grew and was resolved. */
function incidentOf(id: string): Incident {
  const labels = { alertname: 'ErrorsHigh', service: 'checkout' };
  const alert = {
    labels,
    annotations: {},
    startsAt: start,
    endsAt: undefined,
    generatorURL: '',
    fingerprint: id,
  };
  return {
    id,
    startsAt: start,
    endsAt: start + 120_000,
    members: [{ alert, reason: 'first' }],
    suspects: [{ entity: { service: 'payments' }, signal: 'errors', score: 0.9, evidence: ['began first'] }],
    escalation: undefined,
    timeline: [],
    notifications: [
      { at: start, why: 'errors of checkout' },
      { at: start + 60_000, why: 'two services more' },
      { at: start + 120_000, why: 'over' },
    ],
  };
}

const templateSchema = z.looseObject({
  template: z.looseObject({ settings: z.object({ index: z.looseObject({ lifecycle: z.unknown() }) }) }),
});

describe.skipIf(missing.length > 0)("foreshock's own events", () => {
  const dir = temporaryFolder('event-sinks');
  let kafka: KafkaServer;
  let elasticsearch: ElasticsearchServer;
  const made: EventSink[] = [];

  beforeAll(async () => {
    kafka = await createKafkaServer(dir);
    elasticsearch = await createElasticsearchServer({ dir });
    await Promise.all([kafka.start(), elasticsearch.start()]);
  });
  afterAll(async () => {
    await Promise.all(made.map(sink => sink.close()));
    await Promise.all([kafka?.stop(), elasticsearch?.stop()]);
    rmSync(dir, { recursive: true, force: true });
  });

  function keep(sink: EventSink): EventSink {
    made.push(sink);
    return sink;
  }
  const toElasticsearch = () => {
    const { options, create } = sinks.elasticsearch;
    return keep(create(options.parse({ url: elasticsearch.url }), undefined));
  };
  const toKafka = (given: object = {}) => {
    const { options, create } = sinks.kafka;
    const access = {
      brokers: [kafka.secure],
      tls_config: { ca_file: kafka.ca_file },
      sasl: { mechanism: 'scram-sha-512', ...kafka.user },
    };
    return keep(create(options.parse({ ...access, ...given }), undefined));
  };

  /** The template as it is deployed, but for the lifecycle: the servers of tests have no module for it. */
  async function deploy(): Promise<void> {
    const text = readFileSync(new URL('foreshock-events-template.json', deployed), 'utf8');
    const template = templateSchema.parse(JSON.parse(text));
    expect(template.template.settings.index.lifecycle).toEqual({ name: 'foreshock-events' });
    delete template.template.settings.index.lifecycle;
    await elasticsearch.ask('PUT', '/_index_template/foreshock-events', template);
  }

  it('wait for the data stream, and are then in it once, however often they are sent', async () => {
    const sink = toElasticsearch();
    const events = incidentEvents(incidentOf('i-1'));
    await expect(sink.deliver(events)).rejects.toMatchObject({
      message: expect.stringMatching(/put the template of deploy\/elasticsearch there first/),
      retryable: true,
    });
    await deploy();
    await sink.deliver(events);
    await sink.deliver([
      ...events,
      auditEvent({ number: 1, at: start, actor: 'ann', action: 'silence', message: 'm' }),
    ]);
    const reader = elasticsearchCollector.options.parse({
      url: elasticsearch.url,
      index: 'foreshock-events',
      start_at: 'beginning',
      poll_interval: '200ms',
    });
    const reading = startCollector(elasticsearchCollector.create(reader, undefined));
    await until('four events', () => reading.sink.records.length >= 4);
    await reading.stop();
    expect(
      reading.sink.records
        .map(({ fields }) => fields)
        .map(each => z.looseObject({ event: z.unknown() }).parse(each).event),
    ).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          action: 'incident-opened',
          kind: 'alert',
          type: ['start'],
          dataset: 'foreshock.incident',
        }),
        expect.objectContaining({ action: 'incident-updated', type: ['change'] }),
        expect.objectContaining({ action: 'incident-resolved', type: ['end'] }),
        expect.objectContaining({ action: 'silence', kind: 'event', category: ['configuration'] }),
      ]),
    );
    expect(reading.sink.records).toHaveLength(4);
  });

  it('go to Kafka over TLS with a user, what belongs together in order', async () => {
    const sink = toKafka();
    const ids = ['a', 'b', 'c', 'd', 'e'];
    const all = ids.map(id => incidentEvents(incidentOf(id)));
    for (const number of [0, 1, 2]) await sink.deliver(all.map(events => events[number]!));
    const options = kafkaCollector.options.parse({
      brokers: [kafka.plain],
      topics: ['foreshock-events'],
      start_at: 'beginning',
    });
    const reading = startCollector(kafkaCollector.create(options, undefined));
    await until('all events', () => reading.sink.records.length >= 15);
    await reading.stop();
    const documents = reading.sink.records.map(({ fields }) =>
      z
        .looseObject({
          event: z.looseObject({ action: z.string() }),
          foreshock: z.object({ incident: z.looseObject({ id: z.string() }) }),
        })
        .parse(fields),
    );
    for (const id of ids)
      expect(
        documents.filter(each => each.foreshock.incident.id === id).map(each => each.event.action),
      ).toEqual(['incident-opened', 'incident-updated', 'incident-resolved']);
    expect(reading.sink.records[0]!.t).toBe(start);
  });

  it('wait in the store while a sink is away, each sink by itself, and one that is refused holds up no other', async () => {
    const store = openStore(':memory:');
    const reports: SinkReport[] = [];
    const clock = { ms: start };
    const broken: OwnEvent = {
      ...incidentEvents(incidentOf('z'))[0]!,
      id: 'broken',
      t: start,
      details: { id: { not: 'a keyword' } },
    };
    const dispatcher = createEventDispatcher({
      store,
      sinks: [toElasticsearch(), toKafka({ topic: 'away' })],
      clock: () => clock.ms,
      random: () => 0.5,
      observe: report => reports.push(report),
    });
    await kafka.stop('SIGKILL');
    const events = [incidentEvents(incidentOf('y'))[0]!, broken, incidentEvents(incidentOf('y'))[1]!];
    dispatcher.enqueue(events, start);
    dispatcher.enqueue(events, start);
    await dispatcher.round();
    const of = (sink: string, kind: string) =>
      reports
        .filter(each => each.sink === sink && each.kind === kind)
        .reduce((sum, { count }) => sum + count, 0);
    expect([
      of('elasticsearch', 'delivered'),
      of('elasticsearch', 'rejected'),
      of('kafka', 'delivered'),
    ]).toEqual([2, 1, 0]);
    expect(reports.find(({ sink }) => sink === 'kafka')).toMatchObject({
      kind: 'retry',
      message: expect.stringMatching(/nothing listens there|closed the connection/),
    });
    await kafka.start();
    await until('Kafka has taken all', async () => {
      clock.ms += 600_000;
      await dispatcher.round();
      return of('kafka', 'delivered') === 3;
    });
    await dispatcher.close();
    store.close();
  });
});
