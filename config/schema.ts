import { z } from 'zod';
import { daySpan, monthSpan, weekdaySpan, yearSpan } from '../core/calendar-span.ts';
import { duration, positive } from '../core/duration-field.ts';
import { httpUrl, oneCredential } from '../core/http-access.ts';
import { parseMatcher } from '../core/matcher.ts';
import { dashboardsBlock } from './dashboards-block.ts';
import { escalationBlock } from './escalation-block.ts';
import { count, http, isTimeZone, labelName } from './field.ts';
import { forecastBlock } from './forecast-block.ts';
import { regretBlock } from './regret-block.ts';
import { reportBlock } from './report-block.ts';
import { threatFeed } from './threat-block.ts';
import { changesBlock, topologyBlock } from './topology-block.ts';
import { webBlock } from './web-block.ts';

const sourceName = z.string().regex(/^[\w.:-]+$/, 'must be made of letters, digits and _ . : -');
const prometheus = z
  .strictObject({
    name: sourceName.default('prometheus').describe('Name of the source.'),
    external_labels: z
      .record(labelName, z.string())
      .optional()
      .describe('Labels of all that this source watches; `source: NAME` where there are several.'),
    ...http,
    queries_in_flight: count.optional().describe('Queries at once; the limit of `limits` unless given.'),
    max_points: count.default(11_000).describe('Most points a series in one answer.'),
    scrape_interval: positive.optional().describe('Scrape interval of this source.'),
    partial_response: z.boolean().optional().describe('Thanos: accept a partial answer.'),
    dedup: z.boolean().optional().describe('Thanos: merge replicas.'),
    max_source_resolution: z
      .enum(['auto', '0s', '5m', '1h'])
      .optional()
      .describe('Thanos: coarsest resolution to read.'),
  })
  .refine(oneCredential.check, oneCredential.params);
const httpServer = z.strictObject(http).refine(oneCredential.check, oneCredential.params);

/** Checked against the detector or collector that they are for, see `load.ts`. */
const looseOptions = z.record(z.string(), z.unknown());
const logCollectorNames = ['file_tail', 'elasticsearch', 'kafka', 'fluent_forward'] as const;
const logSource = z
  .strictObject({
    name: sourceName.describe('Name of the source; what was read of it is kept under this name.'),
    service: z
      .array(z.string())
      .min(1)
      .default(['service', 'service.name', 'app', 'container', 'process', 'tag', 'topic', 'filename'])
      .describe('Labels and fields that name the service of a line; the first that is there counts.'),
    session: z
      .array(z.string())
      .default(['trace.id'])
      .describe('Fields that tie lines together to a session; the first that is there counts.'),
    events: z
      .boolean()
      .default(false)
      .describe('Its JSON records are events of security or audit: counted by action and outcome, too.'),
    file_tail: looseOptions.optional().describe('Follows files.'),
    elasticsearch: looseOptions.optional().describe('Reads an index pattern or a data stream.'),
    kafka: looseOptions.optional().describe('Reads topics as a consumer group.'),
    fluent_forward: looseOptions.optional().describe('Listens for Fluentd and Fluent Bit.'),
  })
  .refine(
    given => logCollectorNames.filter(kind => given[kind] !== undefined).length === 1,
    `give exactly one of ${logCollectorNames.join(', ')}`,
  );

const alertSource = z.strictObject({
  name: sourceName.describe('Name of the source; what was read of it is kept under this name.'),
  kafka: looseOptions.describe('Reads topics as a consumer group.'),
});

const eventSinkNames = ['elasticsearch', 'kafka'] as const;
const eventSink = z
  .strictObject({
    name: sourceName.describe('Name of the sink.'),
    elasticsearch: looseOptions.optional().describe('Into a data stream.'),
    kafka: looseOptions.optional().describe('To a topic.'),
  })
  .refine(
    given => eventSinkNames.filter(kind => given[kind] !== undefined).length === 1,
    `give exactly one of ${eventSinkNames.join(', ')}`,
  );

/** One item of `packs:`. */
export const packRef = z
  .preprocess(
    given => (typeof given === 'string' ? { pack: given } : given),
    z.strictObject({
      pack: z.string().optional().describe('Name of a built-in pack.'),
      file: z.string().optional().describe('File of a pack of your own, relative to the config.'),
      source: z.string().optional().describe('Ask only this source; every source when left out.'),
      match: z.string().default('').describe('Label matchers added to every selector.'),
      params: z.record(z.string(), z.string()).default({}).describe('Parameters of the pack.'),
      scrape_interval: positive
        .optional()
        .describe(
          'How often samples of its metrics come, where that is not as often as at its source; a pack of a cloud has one of its own.',
        ),
    }),
  )
  .refine(ref => (ref.pack === undefined) !== (ref.file === undefined), 'give either pack or file');
export type PackRef = z.output<typeof packRef>;

const fpr = z.number().gt(0).lt(1);
const override = z.strictObject({
  match: z.record(z.string(), z.string()).default({}).describe('Labels of the entities it is about.'),
  signal: z.string().optional().describe('Only this signal.'),
  fpr: fpr.optional().describe('False positive rate.'),
  floor: z
    .number()
    .nonnegative()
    .optional()
    .describe('Smallest deviation worth a page, in the unit of the signal.'),
  mute: z.boolean().optional().describe('Watch, but do not alert.'),
});
const detection = z.strictObject({
  fpr: fpr.default(0.01).describe('False positive rate of one look.'),
  budget: z
    .string()
    .regex(/^\d+ per \w+ per \d+(ms|[smhdwy])$/, 'must read like "2 per service per 1w"')
    .default('2 per service per 1w')
    .describe('Most pages a person should get.'),
  training: positive.default(2_592_000_000).describe('History that is learned at the start.'),
  detectors: z
    .union([z.array(z.string()), z.record(z.string(), z.union([z.literal(false), looseOptions]))], {
      error: 'must be a list of detectors to run, or a map of detectors to their options',
    })
    .optional()
    .describe(
      'A list of the detectors to run, or a map of detectors to options or `false`; all run when left out.',
    ),
  overrides: z.array(override).default([]).describe('Exceptions.'),
});

/** Refuses what `read` throws a RangeError for, in its words. */
function readBy(read: (text: string) => unknown) {
  return z.string().superRefine((text, context) => {
    try {
      read(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    }
  });
}

const matchers = z.array(readBy(parseMatcher)).min(1);
const inhibitRule = z.strictObject({
  source_matchers: matchers.describe('Matchers such as severity="critical": what holds back while it fires.'),
  target_matchers: matchers.describe('Matchers of what is held back.'),
  equal: z.array(labelName).default([]).describe('Labels that both must have alike.'),
});

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time such as 09:00');
const timesOfDay = z
  .strictObject({ start_time: clock, end_time: clock })
  .refine(
    ({ start_time, end_time }) => start_time < end_time,
    'is empty or crosses midnight: write it as two, until 24:00 and from 00:00',
  );
const interval = z.strictObject({
  times: z.array(timesOfDay).default([]).describe('Times of day.'),
  weekdays: z.array(readBy(weekdaySpan)).default([]).describe('Days such as monday or monday:friday.'),
  days_of_month: z.array(readBy(daySpan)).default([]).describe('Days such as 1:5 or -1.'),
  months: z.array(readBy(monthSpan)).default([]).describe('Months such as january or 1:3.'),
  years: z.array(readBy(yearSpan)).default([]).describe('Years such as 2026:2027.'),
  location: z
    .string()
    .default('UTC')
    .refine(isTimeZone, 'must be a time zone such as Europe/Berlin')
    .describe('Time zone.'),
});

const receiver = z
  .strictObject({
    name: z.string().min(1).describe('Name of the receiver.'),
    alertmanager: httpServer.optional().describe('Send alerts to an Alertmanager.'),
    webhook: httpServer.optional().describe('Post to a URL.'),
    file: z.strictObject({ path: z.string() }).optional().describe('Append JSON lines to a file.'),
    terminal: z.strictObject({}).optional().describe('Write to the terminal.'),
  })
  .refine(
    r => [r.alertmanager, r.webhook, r.file, r.terminal].filter(kind => kind !== undefined).length === 1,
    'give exactly one of alertmanager, webhook, file, terminal',
  );

/** The whole config; durations are ms. */
export const configSchema = z.strictObject({
  global: z
    .strictObject({
      scrape_interval: positive.default(15_000).describe('Scrape interval of the sources.'),
      step: duration
        .default(15_000)
        .refine(ms => ms >= 1000, 'must be at least 1s')
        .describe('Time between two passes.'),
      delay: duration.default(15_000).describe('How long a sample may take to arrive.'),
      external_labels: z.record(labelName, z.string()).default({}).describe('Labels added to every alert.'),
    })
    .prefault({})
    .describe('What holds everywhere.'),
  prometheus: z
    .preprocess(
      given => (Array.isArray(given) || given === undefined ? given : [given]),
      z.array(prometheus).default([]),
    )
    .describe('The source of metrics, or a list of them.'),
  logs: z.array(logSource).default([]).describe('Where logs are read.'),
  alerts: z
    .array(alertSource)
    .default([])
    .describe("Where others' alerts are read, beside those that are posted to `/webhook/alertmanager`."),
  threat_feeds: z
    .array(threatFeed)
    .default([])
    .describe('Where indicators of threats are read, which lines of logs are looked through for.'),
  topology: topologyBlock
    .prefault({})
    .describe('Who calls whom and what stands on what, beside what the packs ask for.'),
  changes: changesBlock
    .prefault({})
    .describe('Changes that may be causes; `POST /webhook/change` takes them always.'),
  alertmanager: httpServer.optional().describe('Where alerts go.'),
  packs: z.array(packRef).min(1).describe('What is watched.'),
  objectives: z
    .array(z.string().min(1))
    .default([])
    .describe('Files of objectives in OpenSLO v1, relative to the config, beside those of the packs.'),
  detection: detection.prefault({}).describe('How sensitive detection is.'),
  time_intervals: z
    .array(z.strictObject({ name: z.string(), time_intervals: z.array(interval).min(1) }))
    .default([])
    .describe('Named times.'),
  maintenance: z
    .array(z.string())
    .default([])
    .describe('Time intervals in which nothing is told or learned.'),
  inhibit_rules: z
    .array(inhibitRule)
    .default([])
    .describe(
      'While one alert fires, others are held back, ours and those that come in; as in Alertmanager.',
    ),
  receivers: z.array(receiver).default([]).describe('Who is told.'),
  events: z
    .array(eventSink)
    .default([])
    .describe('Where anomalies, incidents and what was done to foreshock are kept.'),
  correlation: z
    .strictObject({
      group_wait: duration
        .default(30_000)
        .describe(
          'Wait for more alerts before an incident is told; twice as long while nothing in it is critical.',
        ),
      window: duration.default(120_000).describe('Alerts within it may belong together.'),
      resolve_after: duration.default(180_000).describe('Quiet for so long ends an incident.'),
    })
    .prefault({})
    .describe('How alerts become incidents.'),
  regret: regretBlock
    .prefault({})
    .describe('What is hidden wrongly is measured; a rule that does so too often is switched off.'),
  escalation: escalationBlock
    .prefault({})
    .describe('The odds that an incident gets worse, learned from those that are over.'),
  forecast: forecastBlock.prefault({}).describe('When resources are full.'),
  storage: z
    .strictObject({
      path: z.string().default('./foreshock-data').describe('Folder of the state.'),
      retention: positive.default(2_592_000_000).describe('How long results are kept.'),
    })
    .prefault({})
    .describe('What survives a restart.'),
  limits: z
    .strictObject({
      series: count.default(100_000).describe('Most watched series.'),
      samples_per_query: count.default(50_000_000).describe('Most samples one query may read.'),
      queries_in_flight: count.default(4).describe('Queries at once.'),
    })
    .prefault({})
    .describe('So that no source is overloaded.'),
  dashboards: dashboardsBlock.optional().describe('Where dashboards are written.'),
  report: reportBlock.optional().describe('The capacity report, on schedule.'),
  web: webBlock.prefault({}).describe('The page and the API.'),
  tracing: z
    .strictObject({
      endpoint: httpUrl.describe(
        'Base URL of the OTLP/HTTP endpoint, such as http://127.0.0.1:4318; `/v1/traces` is added.',
      ),
    })
    .optional()
    .describe('Sends traces of its own passes; off unless given here or by `OTEL_EXPORTER_OTLP_ENDPOINT`.'),
});
export type Config = z.output<typeof configSchema>;
