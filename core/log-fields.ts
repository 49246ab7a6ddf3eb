import type { Labels } from './labels.ts';
import type { LogLevel } from './log.ts';
import { instantOfNumber, instantOfText } from './log-instant.ts';
import { type Leaf, leavesOf } from './log-leaves.ts';
import { levelOfName, levelOfNumber, levelOfOtel, levelOfPython, levelOfSyslog } from './log-level.ts';

/** What a structured record says, whatever its convention. */
export interface LogFields {
  /** ms. */
  readonly t: number | undefined;
  readonly level: LogLevel | undefined;
  readonly message: string | undefined;
  readonly service: string | undefined;
  readonly host: string | undefined;
  readonly traceId: string | undefined;
  /** All that is left, as text: 40 at most, each cut to 256. */
  readonly attributes: Labels;
}

const mostAttributes = 40;
const longestAttribute = 256;
const longestLabel = 256;
/** JSON inside of a field is read up to this length. */
const longestJson = 65_536;

type Value = Leaf['value'];
type Reader<T> = (value: Value) => T | undefined;

/** Names of one meaning, the best first, in lower case: see `docs/log-signals.md`. */
interface Meaning<T> {
  readonly names: readonly string[];
  readonly read: Reader<T>;
}

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const readText: Reader<string> = value => (typeof value === 'string' && value !== '' ? value : undefined);
const readLabel: Reader<string> = value =>
  typeof value === 'boolean' || value === '' ? undefined : String(value).slice(0, longestLabel);
const readTime: Reader<number> = value => {
  if (typeof value === 'number') return instantOfNumber(value);
  return typeof value === 'string' ? instantOfText(value) : undefined;
};
const readLevel: Reader<LogLevel> = value => {
  if (typeof value === 'boolean' || value === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? levelOfName(String(value)) : levelOfNumber(number);
};
/** Numbers of a scale of its own; a name is a name. */
const numbered =
  (scale: (level: number) => LogLevel | undefined): Reader<LogLevel> =>
  value => {
    if (typeof value === 'boolean' || value === '') return undefined;
    const number = Number(value);
    return Number.isNaN(number) ? levelOfName(String(value)) : scale(number);
  };

const times: readonly Meaning<number>[] = [
  {
    names: words(
      '@timestamp timeunixnano time_unix_nano _source_realtime_timestamp timereported timestamp time ts @t eventtime event_time datetime asctime timemillis instant.epochsecond date __realtime_timestamp timegenerated observedtimeunixnano t',
    ),
    read: readTime,
  },
];
const levels: readonly Meaning<LogLevel>[] = [
  {
    names: words(
      'log.level severitytext severity_text level severity loglevel log_level levelname level_name @l lvl',
    ),
    read: readLevel,
  },
  { names: words('severitynumber severity_number'), read: numbered(levelOfOtel) },
  {
    names: words(
      'priority syslogseverity-text syslogseverity syslog_severity log.syslog.severity.code pri-text',
    ),
    read: numbered(levelOfSyslog),
  },
  { names: ['levelno'], read: numbered(levelOfPython) },
];
const messages: readonly Meaning<string>[] = [
  {
    names: words(
      'message msg body @m short_message full_message log logmessage textpayload text event @mt event.original error.message err.message exception.message',
    ),
    read: readText,
  },
];
const services: readonly Meaning<string>[] = [
  {
    names: words(
      'service.name service servicename service_name kubernetes.labels.app.kubernetes.io/name kubernetes.labels.app_kubernetes_io/name kubernetes.labels.app k8s.deployment.name kubernetes.deployment.name k8s.container.name kubernetes.container_name kubernetes.container.name container.name container_name application app app_name appname app-name programname syslog_identifier _systemd_unit name',
    ),
    read: readLabel,
  },
];
const hosts: readonly Meaning<string>[] = [
  {
    names: words(
      'host.name host.hostname hostname _hostname host kubernetes.host kubernetes.node.name k8s.node.name node_name fromhost agent.hostname beat.hostname source',
    ),
    read: readLabel,
  },
];
const traces: readonly Meaning<string>[] = [
  {
    names: words('trace.id traceid trace_id x-b3-traceid dd.trace_id logging.googleapis.com/trace'),
    read: readLabel,
  },
];

/** The best value of a meaning so far, and the leaf that it stands in. */
interface Best<T> {
  rank: number;
  value: T | undefined;
  leaf: Leaf | undefined;
}

interface Draft {
  readonly t: Best<number>;
  readonly level: Best<LogLevel>;
  readonly message: Best<string>;
  readonly service: Best<string>;
  readonly host: Best<string>;
  readonly traceId: Best<string>;
}

/** Takes a leaf into a draft where it is better than what is there; `behind` is added to its rank. False when it is none. */
type Taker = (draft: Draft, leaf: Leaf, behind: number) => boolean;

function takersOf<T>(meanings: readonly Meaning<T>[], best: (draft: Draft) => Best<T>): [string, Taker][] {
  const all = meanings.flatMap(({ names, read }) => names.map(name => ({ name, read })));
  return all.map(({ name, read }, order) => [
    name,
    (draft, leaf, behind) => {
      const value = read(leaf.value);
      if (value === undefined) return false;
      const rank = order + behind;
      const held = best(draft);
      if (rank >= held.rank) return true;
      held.rank = rank;
      held.value = value;
      held.leaf = leaf;
      return true;
    },
  ]);
}

/** Of times and levels one is enough; other values that are not the best stay attributes. */
const oneIsEnough = new Map<string, Taker>([
  ...takersOf(times, draft => draft.t),
  ...takersOf(levels, draft => draft.level),
]);
const takers = new Map<string, Taker>([
  ...takersOf(messages, draft => draft.message),
  ...takersOf(services, draft => draft.service),
  ...takersOf(hosts, draft => draft.host),
  ...takersOf(traces, draft => draft.traceId),
]);
/** More than there are names of one meaning. */
const wrappedBehind = 1000;
const outerBehind = 10_000;

function emptyDraft(): Draft {
  const none = () => ({ rank: Number.POSITIVE_INFINITY, value: undefined, leaf: undefined });
  return { t: none(), level: none(), message: none(), service: none(), host: none(), traceId: none() };
}

/** The object that a text field holds as JSON, as container runtimes wrap a program's structured line. */
function jsonIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'string' || value.length > longestJson || !value.includes('{')) return undefined;
  const text = value.trim();
  if (!text.startsWith('{') || !text.endsWith('}')) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What the program wrote, where it stands inside of what its platform wrote around it, and that. */
function layersOf(record: Readonly<Record<string, unknown>>): readonly [Leaf[], Leaf[]?] {
  for (const name of ['log', 'message', 'MESSAGE', 'msg']) {
    const inner = jsonIn(record[name]);
    if (inner === undefined) continue;
    const { [name]: _, ...outer } = record;
    return [leavesOf(inner), leavesOf(outer)];
  }
  return [leavesOf(record)];
}

/** Takes what has a meaning into the draft, and answers the leaves that may be attributes. */
function take(leaves: readonly Leaf[], draft: Draft, outer: number): readonly Leaf[] {
  return leaves.filter(leaf => {
    const { lowerCase, isWrapped } = leaf.place;
    const behind = outer + (isWrapped ? wrappedBehind : 0);
    if (oneIsEnough.get(lowerCase)?.(draft, leaf, behind) === true) return false;
    takers.get(lowerCase)?.(draft, leaf, behind);
    return true;
  });
}

function attributesOf(leaves: readonly Leaf[], { message, service, host, traceId }: Draft): Labels {
  const attributes: Record<string, string> = {};
  let count = 0;
  for (const leaf of leaves) {
    if (count >= mostAttributes) break;
    if (leaf === message.leaf || leaf === service.leaf || leaf === host.leaf || leaf === traceId.leaf)
      continue;
    const { name } = leaf.place;
    if (name === '' || name === '__proto__' || Object.hasOwn(attributes, name)) continue;
    const text = String(leaf.value);
    attributes[name] = text.length > longestAttribute ? text.slice(0, longestAttribute) : text;
    count++;
  }
  return attributes;
}

/**
 * Reads a structured log record: ECS, OpenTelemetry, Fluentd, Fluent Bit and Kubernetes, GELF, journald, rsyslog, and the loggers
 * pino, bunyan, winston, zap, logrus, structlog, python-json-logger, Serilog, Log4j 2, Monolog, dotted or nested alike, with
 * the program's own JSON inside of a field `log` or `message`. Never throws; what it does not know becomes an attribute.
 */
export function fieldsOf(record: Readonly<Record<string, unknown>>): LogFields {
  const draft = emptyDraft();
  const [own, outer] = layersOf(record);
  const rest = take(own, draft, 0);
  const all = outer === undefined ? rest : [...rest, ...take(outer, draft, outerBehind)];
  return {
    t: draft.t.value,
    level: draft.level.value,
    message: draft.message.value?.trimEnd(),
    service: draft.service.value,
    host: draft.host.value,
    traceId: draft.traceId.value,
    attributes: attributesOf(all, draft),
  };
}
