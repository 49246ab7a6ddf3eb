import { createServer } from 'node:http';
import { z } from 'zod';

const bodySchema = z.looseObject({
  alerts: z.array(
    z.looseObject({
      status: z.enum(['firing', 'resolved']),
      labels: z.record(z.string(), z.string()),
      annotations: z.record(z.string(), z.string()),
      startsAt: z.string(),
      endsAt: z.string(),
    }),
  ),
});
export type PostedAlert = z.output<typeof bodySchema>['alerts'][number];

/** One alert that was posted, with the Idempotency-Key of its request. */
export interface Posted {
  readonly key: string | undefined;
  readonly alert: PostedAlert;
}

export interface WebhookSink {
  readonly url: string;
  readonly posted: readonly Posted[];
  /** The whole bodies, as they came. */
  readonly bodies: readonly Readonly<Record<string, unknown>>[];
  close(): Promise<void>;
}

/** Takes what an Alertmanager (or foreshock's webhook receiver) posts. */
export async function createWebhookSink(): Promise<WebhookSink> {
  const posted: Posted[] = [];
  const bodies: Readonly<Record<string, unknown>>[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const key = request.headers['idempotency-key'];
      const body = bodySchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
      const { alerts } = body;
      bodies.push(body);
      posted.push(...alerts.map(alert => ({ key: typeof key === 'string' ? key : undefined, alert })));
      response.end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    posted,
    bodies,
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
