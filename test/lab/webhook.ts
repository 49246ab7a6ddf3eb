import { createServer, type Server } from 'node:http';
import { z } from 'zod';

const labels = z.record(z.string(), z.string());
const alertSchema = z.object({
  labels,
  annotations: labels,
  startsAt: z.string(),
  endsAt: z.string(),
  status: z.string(),
  fingerprint: z.string(),
});
const payloadSchema = z.object({ alerts: z.array(alertSchema) });

/** One change of state of an alert as Alertmanager delivered it; `at` is the time of delivery. */
export interface Delivered extends z.output<typeof alertSchema> {
  readonly at: string;
  readonly generatorURL: string;
}

// Prometheus' own link holds the name of the machine.
const generatorURL = 'http://prometheus.lab/graph';

/** Listens for Alertmanager and calls `sink` once for each change of state; close the server to end it. */
export function listen(port: number, sink: (alert: Delivered) => void): Server {
  const seen = new Set<string>();
  const take = (body: string) => {
    for (const alert of payloadSchema.parse(JSON.parse(body)).alerts) {
      const key = `${alert.fingerprint} ${alert.startsAt} ${alert.status}`;
      if (seen.has(key)) continue;
      seen.add(key);
      sink({ at: new Date().toISOString(), ...alert, generatorURL });
    }
  };
  return createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', part => {
      body += part;
    });
    request.on('end', () => {
      take(body);
      response.end();
    });
  }).listen(port, '127.0.0.1');
}
