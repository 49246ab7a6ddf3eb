import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { logCollectors } from '../../collectors/log-collectors.ts';
import type { Component } from '../../core/component.ts';
import type { LogCollector } from '../../core/log.ts';
import { missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { type Running, startCollector } from './recording-sink.ts';
import { createElasticsearchServer, type ElasticsearchServer } from './services/elasticsearch.ts';
import { missingServers } from './services/jars.ts';
import { createKafkaServer, type KafkaServer } from './services/kafka.ts';
import { startRsyslog } from './services/rsyslog.ts';

const missing = [...missingServers('kafka', 'elasticsearch'), ...missingCommands('java', 'kcat', 'rsyslogd')];

describe.skipIf(missing.length > 0)(
  'lines that a real rsyslog ships to a file, to Kafka and to Elasticsearch',
  () => {
    const dir = temporaryFolder('rsyslog');
    const input = `${dir}/app.log`;
    let kafka: KafkaServer;
    let elasticsearch: ElasticsearchServer;
    let stopShipper: (() => Promise<void>) | undefined;
    let running: readonly Running[] = [];

    beforeAll(async () => {
      kafka = await createKafkaServer(dir);
      elasticsearch = await createElasticsearchServer({ dir });
      await Promise.all([kafka.start(), elasticsearch.start()]);
      const setup = {
        dir,
        input,
        file: `${dir}/shipped.log`,
        kafka: { broker: kafka.plain, topic: 'syslog' },
        elasticsearch: { port: new URL(elasticsearch.url).port, index: 'syslog' },
      };
      writeFileSync(setup.file, '');
      stopShipper = await startRsyslog(setup);
    });
    afterAll(async () => {
      await Promise.all(running.map(each => each.stop()));
      await stopShipper?.();
      await Promise.all([kafka?.stop(), elasticsearch?.stop()]);
      rmSync(dir, { recursive: true, force: true });
    });

    function start(name: keyof typeof logCollectors, options: Readonly<Record<string, unknown>>): Running {
      const register: Readonly<Record<string, Component<z.ZodType, LogCollector>>> = logCollectors;
      const component = register[name]!;
      return startCollector(component.create(component.options.parse(options), undefined));
    }

    it('are read by all three collectors, each line once, whatever is in it', async () => {
      const lines = Array.from(
        { length: 2000 },
        (_, n) => `order n=${n} failed: "timeout" after ${n} ms, größer\t\\`,
      );
      const start_at = 'beginning';
      running = [
        start('file_tail', { paths: [`${dir}/shipped.log`], start_at }),
        start('kafka', { brokers: [kafka.plain], topics: ['syslog'], start_at }),
        start('elasticsearch', { url: elasticsearch.url, index: 'syslog', start_at, poll_interval: '500ms' }),
      ];
      appendFileSync(input, lines.map(line => `${line}\n`).join(''));
      for (const { sink } of running) await until('all lines', () => sink.records.length >= lines.length);
      const said = running.map(({ sink }) =>
        sink.records.map(({ text, fields }) => String(fields?.message ?? text).trimStart()).sort(),
      );
      const expected = [...lines].sort();
      for (const each of said) expect(each).toEqual(expected);
      for (const { sink } of running.slice(1))
        expect(sink.records[0]!.fields).toMatchObject({ severity: 'warning', host: expect.any(String) });
    });
  },
);
