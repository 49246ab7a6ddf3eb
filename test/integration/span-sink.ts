import { createServer } from 'node:http';
import { z } from 'zod';

const valueSchema = z.union([
  z.strictObject({ stringValue: z.string() }).transform(value => value.stringValue),
  z.strictObject({ intValue: z.coerce.number() }).transform(value => value.intValue),
  z.strictObject({ doubleValue: z.number() }).transform(value => value.doubleValue),
]);
const attributesSchema = z
  .array(z.strictObject({ key: z.string(), value: valueSchema }))
  .transform(list => Object.fromEntries(list.map(({ key, value }) => [key, value])));
const spanSchema = z
  .looseObject({
    spanId: z.string(),
    parentSpanId: z.string().optional(),
    name: z.string(),
    attributes: attributesSchema,
    status: z.looseObject({ code: z.number(), message: z.string().optional() }),
  })
  .transform(({ spanId, parentSpanId, name, attributes, status }) => ({
    id: spanId,
    parent: parentSpanId,
    name,
    attributes,
    status,
  }));
const bodySchema = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes: attributesSchema }),
      scopeSpans: z.array(z.looseObject({ spans: z.array(spanSchema) })),
    }),
  ),
});
export type TakenSpan = z.output<typeof spanSchema>;

/** An OTLP/HTTP endpoint on loopback that takes spans as JSON at `/v1/traces`. */
export interface SpanSink {
  readonly url: string;
  readonly spans: readonly TakenSpan[];
  /** Attributes of the resources of all bodies, as they came. */
  readonly resources: readonly Readonly<Record<string, string | number>>[];
  /** The names of the spans below `parent`, sorted. */
  below(parent: TakenSpan): readonly string[];
  /** From now on answers with this status. */
  answer(status: number): void;
  close(): Promise<void>;
}

export async function createSpanSink(): Promise<SpanSink> {
  const spans: TakenSpan[] = [];
  const resources: Readonly<Record<string, string | number>>[] = [];
  let status = 200;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.statusCode = request.url === '/v1/traces' ? status : 404;
      if (response.statusCode === 200)
        for (const { resource, scopeSpans } of bodySchema.parse(
          JSON.parse(Buffer.concat(chunks).toString('utf8')),
        ).resourceSpans) {
          resources.push(resource.attributes);
          spans.push(...scopeSpans.flatMap(scope => scope.spans));
        }
      response.end('{}');
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    spans,
    resources,
    below: ({ id }) =>
      spans
        .filter(({ parent }) => parent === id)
        .map(({ name }) => name)
        .sort(),
    answer(next) {
      status = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
