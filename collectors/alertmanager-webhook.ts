import { z } from 'zod';
import type { Alert } from '../core/alert.ts';
import { fingerprint } from '../core/labels.ts';

const labels = z.record(z.string(), z.string());
const wireAlert = z.object({
  labels: labels.default({}),
  annotations: labels.default({}),
  startsAt: z.string().optional(),
  endsAt: z.string().nullish(),
  status: z.unknown().optional(),
  generatorURL: z.string().default(''),
});
const webhookBody = z.object({
  version: z.literal('4'),
  alerts: z.array(wireAlert),
  truncatedAlerts: z.int().nonnegative().default(0),
});
type WireAlert = z.output<typeof wireAlert>;

/** What a body holds: `ignored` counts alerts of our own and those without labels. */
export type ParsedAlerts =
  | {
      readonly ok: true;
      readonly alerts: readonly Alert[];
      readonly truncated: number;
      readonly ignored: number;
    }
  | { readonly ok: false; readonly status: 400; readonly message: string };

/** A time in ms; Go's zero time (year 1) and nothing are undefined, what is no time is NaN. */
function readTime(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null || text === '' || text.startsWith('0001-')) return undefined;
  return Date.parse(text);
}

function readAlert(wire: WireAlert, received: number): Alert {
  const startsAt = Math.min(readTime(wire.startsAt) ?? received, received);
  const ends = wire.status === 'firing' ? undefined : readTime(wire.endsAt);
  const resolved = wire.status === 'resolved' ? (ends ?? received) : ends;
  const over = resolved !== undefined && resolved <= received;
  return {
    labels: wire.labels,
    annotations: wire.annotations,
    startsAt,
    endsAt: over ? Math.max(resolved, startsAt) : undefined,
    generatorURL: wire.generatorURL,
    fingerprint: fingerprint(wire.labels),
  };
}

/** So many mistakes are named: a large body may hold one in each alert. */
const mostNamed = 3;

function issuesInWords({ issues }: z.ZodError): string {
  const named = issues
    .slice(0, mostNamed)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`));
  const more = issues.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}`.slice(0, 1000);
}

function refuse(message: string): ParsedAlerts {
  return { ok: false, status: 400, message };
}

function readAll(wires: readonly WireAlert[], truncated: number, received: number): ParsedAlerts {
  const wrong = wires.findIndex(
    wire => Number.isNaN(readTime(wire.startsAt)) || Number.isNaN(readTime(wire.endsAt)),
  );
  if (wrong >= 0) return refuse(`alerts.${wrong}: startsAt or endsAt is not an RFC 3339 time`);
  const used = wires.filter(
    wire => Object.keys(wire.labels).length > 0 && wire.labels.generator !== 'foreshock',
  );
  const alerts = used.map(wire => readAlert(wire, received));
  return { ok: true, alerts, truncated, ignored: wires.length - used.length };
}

/**
 * Reads the body of Alertmanager's webhook (version 4), received at `received` ms. Rules: unknown fields are fine; an
 * alert without labels has no identity and is ignored, so is one of ours; a start in the future counts from
 * `received`; an end in the future means that it fires; an end before the start is moved to the start.
 */
export function parseWebhook(body: unknown, received: number): ParsedAlerts {
  const read = webhookBody.safeParse(body);
  if (!read.success) return refuse(`not an Alertmanager webhook: ${issuesInWords(read.error)}`);
  return readAll(read.data.alerts, read.data.truncatedAlerts, received);
}

/** Reads an array of alerts as Prometheus posts it to Alertmanager's API, by the rules of `parseWebhook`. */
export function parseAlerts(body: unknown, received: number): ParsedAlerts {
  const read = z.array(wireAlert).safeParse(body);
  if (!read.success) return refuse(`not an array of alerts: ${issuesInWords(read.error)}`);
  return readAll(read.data, 0, received);
}

/** What a route answers. */
export interface RouteAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A route that `server/` mounts; `handle` gets the parsed JSON. */
export interface AlertRoute {
  readonly method: 'POST';
  readonly path: string;
  handle(body: unknown): RouteAnswer;
}

/** Where alerts go; it answers before the route does, so what was acknowledged was taken. */
export interface AlertSink {
  readonly clock: () => number;
  take(alerts: readonly Alert[], counts: { readonly truncated: number; readonly ignored: number }): void;
}

/** Alerts in: Alertmanager's webhook, and the API that Prometheus posts to. 400 only for what can never work. */
export function webhookRoutes(sink: AlertSink): readonly AlertRoute[] {
  const route = (path: string, parse: typeof parseWebhook): AlertRoute => ({
    method: 'POST',
    path,
    handle(body) {
      const read = parse(body, sink.clock());
      if (!read.ok) return { status: read.status, body: { status: 'error', error: read.message } };
      const { alerts, truncated, ignored } = read;
      sink.take(alerts, { truncated, ignored });
      return { status: 200, body: { status: 'success', taken: alerts.length, ignored, truncated } };
    },
  });
  return [
    route('/webhook/alertmanager', parseWebhook),
    route('/api/v1/alerts', parseAlerts),
    route('/api/v2/alerts', parseAlerts),
  ];
}
