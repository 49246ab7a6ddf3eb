import { z } from 'zod';
import { elasticsearchAccess, oneElasticsearchCredential } from '../clients/elasticsearch-options.ts';
import type { Component } from '../core/component.ts';
import type { LogCollector } from '../core/log.ts';
import { durationOption } from './duration-option.ts';
import { ElasticsearchCollector } from './elasticsearch-collector.ts';

const options = z
  .strictObject({
    name: z.string().min(1).default('elasticsearch').describe('Name of the collector.'),
    ...elasticsearchAccess,
    index: z.string().min(1).describe('Index, alias, data stream or pattern of them, e.g. logs-*-prod.'),
    timestamp_field: z.string().min(1).default('@timestamp').describe('Field with the time of a document.'),
    query: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'Only documents that this query finds, in the words of Elasticsearch: {term: {service.name: web}}.',
      ),
    start_at: z
      .enum(['beginning', 'end'])
      .default('end')
      .describe(
        'Where to begin at the very first start: with all documents, or with those of that moment on.',
      ),
    poll_interval: durationOption('5s', 10).describe('How often new documents are asked for.'),
    late_window: durationOption('1m', 0).describe(
      'How much older than the newest one a document may be when it arrives; a later one is not read.',
    ),
    late_documents: z
      .int()
      .min(1)
      .default(200_000)
      .describe(
        'Documents of the late window that are remembered; with more, the window is cut and that is told.',
      ),
    page_size: z.int().min(1).max(10_000).default(2000).describe('Documents of one answer.'),
    max_page_bytes: z
      .int()
      .min(16_384)
      .default(32 << 20)
      .describe(
        'Largest answer: a larger one is asked for in parts, a larger document is left out and counted.',
      ),
    labels: z.record(z.string(), z.string()).default({}).describe('Labels of all records, beside index.'),
  })
  .refine(oneElasticsearchCredential.check, oneElasticsearchCredential.params);

export type ElasticsearchOptions = z.output<typeof options>;

/** Documents of Elasticsearch 8 in order of their time. */
export const elasticsearch: Component<typeof options, LogCollector> = {
  name: 'elasticsearch',
  summary: 'Documents of indices and data streams of Elasticsearch 8, late ones within a window too.',
  options,
  create: settings => new ElasticsearchCollector(settings),
};
