import { readFileSync } from 'node:fs';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { type ResolvedPack, resolvePack } from '../../config/resolve.ts';
import type { Incident } from '../../core/incident.ts';
import { fingerprint } from '../../core/labels.ts';
import { signalSchema } from '../../core/pack.ts';
import type { DashboardPack } from '../../dashboards/model.ts';

const second = 1000;

/** A pack that comes with foreshock, as a config without parameters resolves it. */
export function builtinPack(name: string): ResolvedPack {
  const file = builtinPacks().get(name);
  if (file === undefined) throw new Error(`no pack ${name}`);
  const loaded = loadPack(file, readFileSync(file, 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
  return resolvePack(loaded.pack, { match: '', params: {}, step: 15 * second, scrapeInterval: 15 * second });
}

/** Every pack that comes with foreshock. */
export function allPacks(): readonly ResolvedPack[] {
  return [...builtinPacks().keys()].map(builtinPack);
}

const signals = [
  {
    name: 'errors',
    kind: 'errors',
    query: 'sum by (service) (rate(http_errors_total{code=~"5.."}[$rate_interval]))',
  },
  {
    name: 'latency',
    kind: 'latency',
    unit: 's',
    query: 'histogram_quantile(0.99, sum by (service, le) (rate(http_seconds_bucket[$rate_interval])))',
  },
  { name: 'replicas', kind: 'saturation', bad: 'low', query: 'min by (service) (replicas)' },
].map(one => signalSchema.parse(one));

/** A small pack: one class of three signals, one resource. */
export const smallPack: DashboardPack = {
  pack: 'service',
  title: 'Services',
  about: 'Requests.',
  classes: [
    {
      name: 'service/service',
      entityLabels: ['namespace', 'service'],
      signals,
      queries: signals.map(one => one.query),
      of: 'metrics',
    },
  ],
  capacity: [
    {
      resource: 'disk',
      class: 'service/service',
      used: 'disk_used',
      limit: 'disk_size',
      unit: 'bytes',
      about: 'Files.',
    },
  ],
};

/** An incident on one service, with one suspect. */
export function incidentOn(service: string, endsAt?: number): Incident {
  const labels = { alertname: 'ErrorRate', service };
  const alert = {
    labels,
    annotations: {},
    startsAt: 10_000_000,
    endsAt,
    generatorURL: '',
    fingerprint: fingerprint(labels),
  };
  return {
    id: service,
    startsAt: 10_000_000,
    endsAt,
    members: [{ alert, reason: `first on ${service}` }],
    suspects: [{ entity: { service }, signal: 'latency', score: 1, evidence: [`<b>${service}</b>`] }],
    escalation: undefined,
    timeline: [
      { at: 9_900_000, what: `deploy of ${service}`, kind: 'change' },
      { at: 10_000_000, what: 'began' },
    ],
    notifications: [],
  };
}

/** Values of labels as an attacker, or an accident, makes them. */
export const hostile = [
  'a"b',
  'line\nbreak',
  '{{x}}',
  '<script>alert(1)</script>',
  '</svg><img src=x onerror=alert(1)>',
  '$datasource $' + '{x} [[x]]',
  'back\\slash',
  '`',
  'a | b | c',
  'é\u{1f600}',
  'half \ud800 of a pair, and \u0000',
  'x'.repeat(5000),
  '',
];
