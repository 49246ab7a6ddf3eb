import { z } from 'zod';
import type { DashboardCalls, GrafanaAsker, HeldDashboard } from './grafana.ts';
import { GrafanaError } from './grafana-failure.ts';

const apiVersion = 'dashboard.grafana.app/v2beta1';
const folderKey = 'grafana.app/folder';
const messageKey = 'grafana.app/message';
/** Set where a file, a repository or another tool holds the dashboard. */
const managerKey = 'grafana.app/managedBy';
const at = encodeURIComponent;

const resource = z
  .object({
    metadata: z.object({
      name: z.string(),
      generation: z.number(),
      resourceVersion: z.string(),
      annotations: z.record(z.string(), z.string()).nullish(),
    }),
    spec: z.record(z.string(), z.unknown()),
  })
  .transform(
    ({ metadata: { name, generation, resourceVersion, annotations }, spec }): HeldDashboard => ({
      model: { apiVersion, kind: 'Dashboard', metadata: { name }, spec },
      version: generation,
      revision: resourceVersion,
      folderUid: annotations?.[folderKey] ?? '',
      provisioned: annotations?.[managerKey] !== undefined,
    }),
  );
const named = z.object({ metadata: z.object({ name: z.string() }) });

/** Says what may be missing when the API itself is not there. */
async function served<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GrafanaError) || !/answered 404/.test(error.message)) throw error;
    const words = `${error.message} Does it serve ${apiVersion}, as Grafana 12.2 and later do? Else push the schema v1.`;
    throw new GrafanaError(words, { outcome: error.outcome, cause: error });
  }
}

/**
 * Dashboards as resources of the schema v2 by https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/dashboard/:
 * the version is the generation, which grows by one with each change of what is in it.
 */
export function resourceCalls({ ask, must }: GrafanaAsker, namespace: string): DashboardCalls {
  const all = `/apis/${apiVersion}/namespaces/${at(namespace)}/dashboards`;
  return {
    dashboard: (uid, signal) =>
      served(() => ask({ method: 'GET', path: `${all}/${at(uid)}` }, resource, signal)),
    saveDashboard: async ({ dashboard, folderUid, message, overwrite, over }, signal) => {
      const { name } = named.parse(dashboard).metadata;
      const revision = overwrite || over?.revision === undefined ? {} : { resourceVersion: over.revision };
      const annotations = { [folderKey]: folderUid, [messageKey]: message };
      const body = { ...dashboard, metadata: { name, annotations, ...revision } };
      const request =
        over === undefined
          ? ({ method: 'POST', path: all, body } as const)
          : ({ method: 'PUT', path: `${all}/${at(name)}`, body } as const);
      return (await served(() => must(request, resource, signal))).version;
    },
    removeDashboard: async (uid, signal) => {
      await ask({ method: 'DELETE', path: `${all}/${at(uid)}` }, z.unknown(), signal);
    },
  };
}
