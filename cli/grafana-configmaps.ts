import { createHash } from 'node:crypto';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { stringify } from 'yaml';
import type { LayoutFile } from '../dashboards/layout.ts';
import { InputError } from './exit.ts';

/** Kubernetes takes no ConfigMap with more data. */
const mostBytes = 1_048_576;

/** A name that Kubernetes takes (RFC 1123): what does not fit is told apart by a hash. */
export function objectName(uid: string): string {
  const safe = uid
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '');
  if (safe === uid && uid.length <= 63) return uid;
  return `${safe.slice(0, 50)}-${createHash('sha256').update(uid).digest('hex').slice(0, 12)}`.replace(
    /^-/,
    'd-',
  );
}

/** The dashboard as JSON: to be read where it fits, else as short as it can be. Throws an InputError when that is too long, too. */
function contentOf(dashboard: Dashboard, key: string): string {
  const fits = (text: string) => Buffer.byteLength(text) + Buffer.byteLength(key) <= mostBytes;
  const texts = [`${JSON.stringify(dashboard, null, 2)}\n`, JSON.stringify(dashboard)];
  const text = texts.find(fits);
  if (text !== undefined) return text;
  throw new InputError(
    `the dashboard ${dashboard.uid} has ${Buffer.byteLength(texts[1]!)} bytes, a ConfigMap takes ${mostBytes}: use --format files or --push`,
  );
}

function configMap(dashboard: Dashboard, folder: string): LayoutFile {
  const name = objectName(dashboard.uid ?? '');
  const key = `${name}.json`;
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      labels: { grafana_dashboard: '1', 'app.kubernetes.io/managed-by': 'foreshock' },
      annotations: { grafana_folder: folder },
    },
    data: { [key]: contentOf(dashboard, key) },
  };
  return { path: `configmaps/${name}.yaml`, content: stringify(object, { lineWidth: 0 }) };
}

/**
 * One ConfigMap a dashboard, with the label that the sidecar of Grafana's Helm chart looks for and the annotation that names the
 * folder (its `folderAnnotation` is to be `grafana_folder`).
 */
export function configMaps(dashboards: readonly Dashboard[], folder: string): readonly LayoutFile[] {
  return dashboards.map(dashboard => configMap(dashboard, folder));
}
