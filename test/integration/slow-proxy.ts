import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

/** An HTTP proxy on loopback that hands requests on and keeps each answer back for a while. */
export interface SlowProxy {
  readonly url: string;
  /** How long each answer is kept back from now on, ms. */
  delay(ms: number): void;
  close(): Promise<void>;
}

export async function createSlowProxy(target: string): Promise<SlowProxy> {
  let wait = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const answer = await fetch(`${target}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? '' },
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    await sleep(wait);
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    delay(ms) {
      wait = ms;
    },
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
