import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** One file of a provisioning folder; `path` is relative to it. */
export interface LayoutFile {
  readonly path: string;
  readonly content: string;
}

const provider = `apiVersion: 1
providers:
  - name: foreshock
    folder: foreshock
    folderUid: foreshock
    type: file
    allowUiUpdates: false
    updateIntervalSeconds: 30
    options:
      path: /var/lib/grafana/dashboards/foreshock
`;

/** The provider and one JSON file a dashboard. Throws an Error when two have the same uid, or one has none. */
export function writeLayout(dashboards: readonly Dashboard[]): LayoutFile[] {
  const seen = new Set<string>();
  const files = dashboards.map(dashboard => {
    const uid = dashboard.uid ?? '';
    if (uid === '') throw new Error(`the dashboard "${dashboard.title ?? ''}" has no uid`);
    if (seen.has(uid)) throw new Error(`two dashboards have the uid ${uid}`);
    seen.add(uid);
    return { path: `dashboards/foreshock/${uid}.json`, content: `${JSON.stringify(dashboard, null, 2)}\n` };
  });
  return [{ path: 'provisioning/dashboards/foreshock.yaml', content: provider }, ...files];
}
