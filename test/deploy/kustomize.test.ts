import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadAll } from '../../cli/load.ts';
import { kustomized, manifestsOf, missingTools, only, statefulSetOf } from './rendered.ts';

const missing = missingTools.kustomize;
const overlays = path.resolve(import.meta.dirname, '../../deploy/kustomize/overlays');
const regions = readdirSync(overlays).sort();

it('there is an overlay of each region of the platform', () => {
  expect(regions).toEqual(['ap-northeast-1', 'asia-southeast1', 'europe-west3', 'us-east-1', 'us-west-2']);
});

describe.skipIf(missing.length > 0).each(['base', ...regions.map(region => `overlays/${region}`)])(
  '%s',
  folder => {
    it('is built, in a namespace that admits only restricted pods', () => {
      const manifests = manifestsOf(kustomized(folder));
      const namespace = only(manifests, 'Namespace');
      expect(namespace.metadata).toMatchObject({
        name: 'foreshock',
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      });
      const others = manifests.filter(({ kind }) => kind !== 'Namespace');
      for (const { metadata } of others) expect(metadata).toMatchObject({ namespace: 'foreshock' });
    });

    it('mounts a config without mistakes, whose name changes with it', () => {
      const manifests = manifestsOf(kustomized(folder));
      const config = only(manifests, 'ConfigMap');
      expect(config.metadata.name).toMatch(/^foreshock-[a-z0-9]{10}$/);
      const { volumes } = statefulSetOf(manifests).template.spec;
      expect(volumes.find(({ name }) => name === 'config')?.configMap?.name).toBe(config.metadata.name);
      const dir = mkdtempSync(path.join(tmpdir(), 'foreshock-overlay-'));
      writeFileSync(path.join(dir, 'foreshock.yaml'), config.data?.['foreshock.yaml'] ?? '');
      const loaded = loadAll(path.join(dir, 'foreshock.yaml'));
      rmSync(dir, { recursive: true });
      expect(loaded).toHaveProperty('config');
    });
  },
);

it.skipIf(missing.length > 0).each(regions)('%s watches and tells for itself', region => {
  const manifests = manifestsOf(kustomized(`overlays/${region}`));
  expect(only(manifests, 'ConfigMap').data?.['foreshock.yaml']).toContain(
    `external_labels: {region: ${region}`,
  );
  expect(statefulSetOf(manifests).template.spec).toMatchObject({
    nodeSelector: { 'topology.kubernetes.io/region': region },
  });
});
