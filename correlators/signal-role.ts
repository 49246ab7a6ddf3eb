import type { SignalMeaning } from '../core/incident-frames.ts';
import type { SignalKind } from '../core/pack.ts';
import { isLoss } from './symptom.ts';

/**
 * What a signal says of its service. `latency` and `errors` are degradations, which a callee may cause; `traffic` is how
 * much others ask of it; `loss` counts what is there of it; the others are its own state.
 */
export type SignalRole = 'latency' | 'errors' | 'traffic' | 'resource' | 'memory' | 'loss' | 'other';

/** How a signal is read whose only description is its name. */
export interface SignalReading {
  readonly role: SignalRole;
  /** It measures the calls that the service makes, so that it speaks of what is called. */
  readonly ofCalls: boolean;
  /** It measures the machine below, which others share. */
  readonly ofNode: boolean;
  /** The direction that is bad; of traffic, resources and memory both are news. */
  readonly bad: 'high' | 'low' | 'both';
  /** It counts requests: what is asked, not how many bytes went by. */
  readonly requests: boolean;
  /** The share of what it measures that lies below: .99 for p99. */
  readonly quantile: number | undefined;
}

/** The words of a name in lower case: `PodServerLatencyP99(s)` is pod, server, latency, p99, s. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word !== '');
}

const callWord = /^(client|outbound|egress|upstream|dependenc(y|ies)|peer)$/;
const nodeWord = /^(node|host|machine)$/;
const requestWord = /^(requests?|workload|ops|calls|qps|rps|hits)$/;
const goodWord = /^(availability|success(es|ful)?|apdex|up|replicas|instances|ready|alive|healthy)$/;

/** The first whose pattern a word matches gives the role: what is counted (errors) stands before what of (requests). */
const roles: readonly (readonly [SignalRole, RegExp])[] = [
  ['errors', /^(errors?|fail(s|ed|ures?)?|faults?|exceptions?|5xx|4xx|timeouts?|retries|rejected|dropped)$/],
  ['errors', /^(availability|success(es|ful)?|apdex)$/],
  ['loss', /^(up|replicas|instances|ready|alive|healthy|unhealthy|unavailable|restarts?|crash(es)?|oom)$/],
  ['latency', /^(latenc(y|ies)|duration|delay|rtt|response|elapsed|lag|wait)$/],
  ['memory', /^(mem|memory|heap|rss|swap)$/],
  [
    'resource',
    /^(cpu|disk|fs|io|iops|load|queue|threads?|connections|pool|fds?|gc|throttled|throttling|saturation|syscall|syscalls|sockets?)$/,
  ],
  [
    'traffic',
    /^(requests?|workload|ops|calls?|qps|rps|throughput|traffic|network|bytes|packets|messages|hits)$/,
  ],
];

const directed: readonly SignalRole[] = ['latency', 'errors', 'loss'];

/** Reads a signal from its name alone; a name that says nothing has the role `other`. */
export function readSignal(name: string): SignalReading {
  const words = wordsOf(name);
  const role = roles.find(([, pattern]) => words.some(word => pattern.test(word)))?.[0] ?? 'other';
  const good = words.some(word => goodWord.test(word));
  const quantile = words.map(word => /^p(\d\d)(\d*)$/.exec(word)).find(match => match !== null);
  return {
    role,
    ofCalls: words.some(word => callWord.test(word)),
    ofNode: nodeWord.test(words[0] ?? ''),
    bad: directed.includes(role) ? (good ? 'low' : 'high') : 'both',
    requests: role === 'traffic' && words.some(word => requestWord.test(word)),
    quantile: quantile ? Number(`0.${quantile[1]}${quantile[2]}`) : undefined,
  };
}

const rolesOfKinds: Readonly<Record<SignalKind, SignalRole>> = {
  cpu: 'resource',
  disk_io: 'resource',
  saturation: 'resource',
  memory: 'memory',
  errors: 'errors',
  latency: 'latency',
  traffic: 'traffic',
  network: 'traffic',
  user_behavior: 'traffic',
  security_events: 'other',
};

/** Reads a signal that a pack declares: its kind says what it is, its name whether something is gone and which quantile it is. */
export function readMeaning({ spec }: SignalMeaning): SignalReading {
  const { name, kind, bad, unit } = spec;
  const role = isLoss({ name, kind }) ? 'loss' : rolesOfKinds[kind];
  return {
    role,
    ofCalls: false,
    ofNode: false,
    bad: directed.includes(role) ? (bad === 'low' ? 'low' : 'high') : 'both',
    requests: kind === 'traffic' && unit.endsWith('ps'),
    quantile: readSignal(name).quantile,
  };
}
