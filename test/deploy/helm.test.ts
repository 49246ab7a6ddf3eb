import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { loadAll } from '../../cli/load.ts';
import {
  helmLint,
  helmTemplate,
  type Manifest,
  manifestsOf,
  missingTools,
  only,
  statefulSetOf,
} from './rendered.ts';

const root = path.resolve(import.meta.dirname, '../..');
const missing = missingTools.helm;

const everything = {
  'secret.existingName': 'tokens',
  'ingress.enabled': true,
  'ingress.hosts': [{ host: 'foreshock.example', path: '/' }],
  'serviceMonitor.enabled': true,
  'prometheusRule.enabled': true,
  'dashboards.enabled': true,
  'dashboards.files': { 'foreshock-overview.json': '{"title": "a {{b}}"}' },
  'config.packs': ['node'],
};

/** The mistakes of a config that stands in a ConfigMap. */
function mistakesOf(config: Manifest): readonly string[] {
  const dir = mkdtempSync(path.join(tmpdir(), 'foreshock-chart-'));
  const file = path.join(dir, 'foreshock.yaml');
  writeFileSync(file, config.data?.['foreshock.yaml'] ?? '');
  const loaded = loadAll(file);
  rmSync(dir, { recursive: true });
  return 'config' in loaded ? [] : loaded.map(({ message }) => message);
}

describe.skipIf(missing.length > 0)('the Helm chart', () => {
  it('has no finding of the linter', () => {
    const { ok, text } = helmLint();
    expect(ok, text).toBe(true);
    expect(text).toContain('0 chart(s) failed');
  });

  it('makes a pod that the restricted pod security standard admits', () => {
    const { replicas, selector, template } = statefulSetOf(manifestsOf(helmTemplate()));
    expect(replicas).toBe(1);
    expect(template.metadata.labels).toMatchObject(selector.matchLabels);
    const { securityContext: pod, automountServiceAccountToken, containers } = template.spec;
    expect(automountServiceAccountToken).toBe(false);
    expect(pod).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    for (const { securityContext } of containers)
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
  });

  it('lets podLabels add labels and change others, but never those by which the pod is selected', () => {
    const podLabels = {
      team: 'sre',
      'app.kubernetes.io/version': 'canary',
      'app.kubernetes.io/name': 'other',
      'app.kubernetes.io/instance': 'other',
    };
    const manifests = manifestsOf(helmTemplate({ podLabels }));
    const { selector, template } = statefulSetOf(manifests);
    expect(template.metadata.labels).toMatchObject({
      ...selector.matchLabels,
      team: 'sre',
      'app.kubernetes.io/version': 'canary',
    });
    expect(Object.values(selector.matchLabels)).not.toContain('other');
  });

  it.each([
    ['with its own values', {}],
    ['with everything switched on', everything],
    ['without a volume that stays', { 'persistence.enabled': false }],
  ])('mounts only what it makes, %s', (_, values) => {
    const manifests = manifestsOf(helmTemplate(values));
    const { template, volumeClaimTemplates } = statefulSetOf(manifests);
    const { volumes, containers, serviceAccountName } = template.spec;
    const there = [
      ...volumes.map(({ name }) => name),
      ...volumeClaimTemplates.map(({ metadata }) => metadata.name),
    ];
    expect(there.sort()).toEqual(
      containers.flatMap(({ volumeMounts }) => volumeMounts.map(({ name }) => name)).sort(),
    );
    expect(only(manifests, 'ServiceAccount').metadata.name).toBe(serviceAccountName);
    const config = volumes.find(({ name }) => name === 'config')?.configMap?.name;
    expect(manifests.some(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === config)).toBe(
      true,
    );
  });

  it('writes a config without mistakes, with state and address where the pod has them', () => {
    const config = manifestsOf(helmTemplate({ 'config.packs': ['node'] })).find(
      ({ kind }) => kind === 'ConfigMap',
    )!;
    expect(mistakesOf(config)).toEqual([]);
    const text: unknown = parse(config.data?.['foreshock.yaml'] ?? '');
    expect(text).toMatchObject({ storage: { path: '/var/lib/foreshock' }, web: { listen: '0.0.0.0:9477' } });
  });

  it('starts the pod anew when the config changes', () => {
    const sum = (packs: readonly string[]) => {
      const [line] = /checksum\/config: \S+/.exec(helmTemplate({ 'config.packs': packs })) ?? [];
      return line;
    };
    expect(sum(['node'])).toBeDefined();
    expect(sum(['node'])).not.toBe(sum(['service']));
  });

  it('carries the alerts on its own metrics as they are, and dashboards with braces', () => {
    const manifests = manifestsOf(helmTemplate(everything));
    const file: unknown = parse(
      readFileSync(path.join(root, 'deploy/prometheus/foreshock-alerts.yml'), 'utf8'),
    );
    expect(only(manifests, 'PrometheusRule').spec).toEqual(file);
    const dashboards = manifests.filter(
      ({ kind, data }) => kind === 'ConfigMap' && data?.['foreshock-overview.json'],
    );
    expect(dashboards.map(({ data }) => data)).toEqual([
      { 'foreshock-overview.json': '{"title": "a {{b}}"}' },
    ]);
    expect(dashboards[0]!.metadata).toMatchObject({ labels: { grafana_dashboard: '1' } });
  });

  it('takes its secrets from External Secrets', () => {
    const data = [{ secretKey: 'token', remoteRef: { key: 'foreshock/prometheus' } }];
    const values = {
      'externalSecret.enabled': true,
      'externalSecret.storeRef.name': 'vault',
      'externalSecret.data': data,
    };
    const manifests = manifestsOf(helmTemplate(values));
    const made = z.looseObject({ target: z.looseObject({ name: z.string() }) });
    const { target } = made.parse(only(manifests, 'ExternalSecret').spec);
    const { volumes } = statefulSetOf(manifests).template.spec;
    expect(volumes.find(({ name }) => name === 'secrets')?.secret?.secretName).toBe(target.name);
  });

  it('is scraped as the job that its alerts ask for, whatever it is called', () => {
    const values = { nameOverride: 'other', 'serviceMonitor.enabled': true };
    const made = z.looseObject({
      endpoints: z.array(z.looseObject({ relabelings: z.array(z.unknown()) })),
    });
    const { endpoints } = made.parse(only(manifestsOf(helmTemplate(values)), 'ServiceMonitor').spec);
    expect(endpoints[0]!.relabelings).toEqual([{ targetLabel: 'job', replacement: 'foreshock' }]);
  });

  it('lets in and out the peers that are given', () => {
    const peers = [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }];
    const values = { 'networkPolicy.from': peers, 'networkPolicy.to': peers };
    const { spec } = only(manifestsOf(helmTemplate(values)), 'NetworkPolicy');
    expect(spec).toMatchObject({ ingress: [{ from: peers }], egress: [{}, { to: peers }] });
  });

  it.each([
    ['a key that is not known', { 'persistence.sizes': '1Gi' }, /sizes/],
    ['no packs', { 'config.packs': [] }, /packs/],
    ['a size that is none', { 'persistence.size': '20' }, /size/],
    ['an address of its own', { 'config.web': { listen: '127.0.0.1:1' } }, /web/],
    ['a name that no service may have', { fullnameOverride: 'My.App' }, /fullnameOverride/],
    ['an ingress without a host', { 'ingress.enabled': true }, /ingress/],
    ['external secrets without a store', { 'externalSecret.enabled': true }, /externalSecret/],
  ])('refuses %s', (_, values, words) => {
    expect(() => helmTemplate(values)).toThrow(words);
  });
});

describe.skipIf(missing.length > 0)('the base of kustomize', () => {
  it('is what the chart makes, without its ConfigMap', async () => {
    const manifests = manifestsOf(helmTemplate()).filter(({ kind }) => kind !== 'ConfigMap');
    const text = manifests.map(each => stringify(withoutHelm(each), { lineWidth: 0 })).join('---\n');
    await expect(text).toMatchFileSnapshot('../../deploy/kustomize/base/foreshock.yaml');
  });
});

/** Marks of Helm's own mean nothing where Helm is not used. */
function withoutHelm(manifest: Manifest): unknown {
  const marks = /^(helm\.sh\/|checksum\/|app\.kubernetes\.io\/managed-by$)/;
  const text = JSON.stringify(manifest, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).filter(([key]) => !marks.test(key)))
      : value,
  );
  return JSON.parse(text);
}
