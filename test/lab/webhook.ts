import { createServer, type Server } from 'node:http';

/** One change of state of an alert as Alertmanager delivered it, with the time of delivery. */
export interface Delivered {
  readonly at: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly status: string;
  readonly fingerprint: string;
  readonly generatorURL: string;
}

/** Listens for Alertmanager's webhook and calls `sink` once for each change of state; close the server to end it. */
export function listen(port: number, sink: (alert: Delivered) => void): Server {
  const seen = new Set<string>();
  const take = (body: string) => {
    const { alerts } = JSON.parse(body) as { alerts: readonly Omit<Delivered, 'at'>[] };
    for (const { labels, annotations, startsAt, endsAt, status, fingerprint, generatorURL } of alerts) {
      const key = `${fingerprint} ${status} ${startsAt}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const at = new Date().toISOString();
      sink({ at, labels, annotations, startsAt, endsAt, status, fingerprint, generatorURL });
    }
  };
  return createServer((input, output) => {
    let body = '';
    input.setEncoding('utf8').on('data', part => {
      body += part;
    });
    input.on('end', () => {
      take(body);
      output.end();
    });
  }).listen(port, '127.0.0.1');
}
