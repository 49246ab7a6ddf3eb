import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** How it answers: as it should, not at all, nothing longer than a step, half of the body, or with a warning. */
export type Manner = 'well' | 'never' | 'no history' | 'cut' | 'warning';

/** An HTTP server on loopback that answers any range query as a Prometheus does, in whatever manner it is told. */
export interface FakeSource {
  readonly url: string;
  /** The queries of all requests so far, with their number of steps (0 = instant). */
  readonly asked: readonly { readonly query: string; readonly steps: number }[];
  behave(manner: Manner): void;
  /** So many series stand behind every selector; the answer has one for each. */
  hold(series: number): void;
  close(): Promise<void>;
}

/** A quiet signal near 10 that is the same whenever it is asked for. */
const valueAt = (t: number, k: number) => 10 + Math.sin(12.9898 * (t % 7919) + 78.233 * k);

function seriesOf(k: number, times: readonly number[]) {
  return { metric: { service: `web-${k}` }, values: times.map(t => [t, String(valueAt(t, k))]) };
}

function answerTo(
  form: URLSearchParams,
  series: number,
): { readonly resultType: string; readonly result: unknown } {
  const isCount = /^count\(/.test(form.get('query') ?? '');
  if (isCount && form.has('time'))
    return {
      resultType: 'vector',
      result: [{ metric: {}, value: [Number(form.get('time')), String(series)] }],
    };
  const start = Number(form.get('start'));
  const step = Number(form.get('step'));
  const length = Math.floor((Number(form.get('end')) - start) / step + 1e-6) + 1;
  const times = Array.from({ length }, (_, i) => start + i * step);
  if (isCount)
    return { resultType: 'matrix', result: [{ metric: {}, values: times.map(t => [t, String(series)]) }] };
  return { resultType: 'matrix', result: Array.from({ length: series }, (_, k) => seriesOf(k, times)) };
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
}

function send(response: ServerResponse, manner: Manner, data: unknown): void {
  const warnings = manner === 'warning' ? { warnings: ['one store is down'] } : {};
  const text = JSON.stringify({ status: 'success', data, ...warnings });
  response.setHeader('content-type', 'application/json');
  if (manner !== 'cut') return void response.end(text);
  response.write(text.slice(0, text.length / 2), () => response.destroy());
}

export async function createFakeSource(): Promise<FakeSource> {
  const asked: { query: string; steps: number }[] = [];
  let manner: Manner = 'well';
  let series = 2;
  const server = createServer(async (request, response) => {
    const form = await bodyOf(request);
    const step = Number(form.get('step') ?? 0);
    const steps =
      step > 0 ? Math.floor((Number(form.get('end')) - Number(form.get('start'))) / step + 1e-6) + 1 : 0;
    asked.push({ query: form.get('query') ?? '', steps });
    const silent = manner === 'never' || (manner === 'no history' && steps > 1);
    if (!silent) send(response, manner, answerTo(form, series));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    asked,
    behave(next) {
      manner = next;
    },
    hold(count) {
      series = count;
    },
    async close() {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
