import { createHash } from 'node:crypto';
import { z } from 'zod';
import { createElasticsearchClient } from '../clients/elasticsearch.ts';
import { elasticsearchAccess, oneElasticsearchCredential } from '../clients/elasticsearch-options.ts';
import type { Component } from '../core/component.ts';
import { type EventSink, eventDocument, type OwnEvent } from '../core/event.ts';
import { SourceError } from '../core/series.ts';

const options = z
  .strictObject({
    name: z.string().min(1).default('elasticsearch').describe('Name of the sink.'),
    ...elasticsearchAccess,
    data_stream: z
      .string()
      .min(1)
      .default('foreshock-events')
      .describe('Data stream that the events go to; its template is in deploy/elasticsearch.'),
  })
  .refine(oneElasticsearchCredential.check, oneElasticsearchCredential.params);

interface Outcome {
  readonly status: number;
  readonly reason: string;
}

/** The server's limit, bytes. */
const longestId = 512;

function documentId({ id }: OwnEvent): string {
  return Buffer.byteLength(id) <= longestId ? id : createHash('sha256').update(id).digest('hex');
}

/** Taken, or there already from an attempt whose answer was lost. */
const safe = (status: number) => status < 300 || status === 409;

/** Throws a SourceError for what was not taken; asking again helps where the server was busy, or lacks the data stream. */
function check(outcomes: readonly Outcome[], name: string): void {
  const failed = outcomes.filter(({ status }) => !safe(status));
  if (failed.length === 0) return;
  const lasting = failed.find(({ status }) => status === 400);
  const { status, reason } = lasting ?? failed[0]!;
  const missing = status === 404 ? ': put the template of deploy/elasticsearch there first' : '';
  throw new SourceError(
    `Elasticsearch did not take ${failed.length} of ${outcomes.length} events into ${name}: ${status} ${reason}${missing}`,
    { retryable: lasting === undefined },
  );
}

/** Bulk requests of creations under the ids of the events, so that a second attempt doubles none. */
export const elasticsearch: Component<typeof options, EventSink> = {
  name: 'elasticsearch',
  summary: 'A data stream of Elasticsearch 8, in the fields of the Elastic Common Schema.',
  options,
  create({ name, data_stream: index, ...access }) {
    const client = createElasticsearchClient(access);
    return {
      name,
      async deliver(events, signal) {
        const operations = events.flatMap(event => [
          { create: { _id: documentId(event) } },
          eventDocument(event),
        ]);
        const answer = await client.ask(
          (bulk, request) => bulk.bulk({ index, require_data_stream: true, operations }, request),
          signal,
        );
        const outcomes = answer.items.map(({ create }) => {
          return { status: create?.status ?? 500, reason: create?.error?.reason ?? '' };
        });
        check(outcomes, index);
      },
      close: () => client.close(),
    };
  },
};
