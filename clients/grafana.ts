import { z } from 'zod';
import type { HttpSender } from '../core/http-client.ts';
import { createGrafanaExchange, type GrafanaPlace, type GrafanaRequest } from './grafana-exchange.ts';
import { GrafanaError } from './grafana-failure.ts';
import { resourceCalls } from './grafana-resources.ts';

/** A dashboard as Grafana holds it. */
export interface HeldDashboard {
  readonly model: Readonly<Record<string, unknown>>;
  /** Grows by one with each save. */
  readonly version: number;
  /** Of a resource: as what it was read, to be saved over no other. */
  readonly revision?: string;
  /** Empty for the top level. */
  readonly folderUid: string;
  /** It comes from a file and cannot be saved. */
  readonly provisioned: boolean;
}

export interface DashboardSave {
  readonly dashboard: Readonly<Record<string, unknown>>;
  readonly folderUid: string;
  /** For the history of versions. */
  readonly message: string;
  /** Whatever version is there; else Grafana answers 412 when it is not that of `dashboard`. */
  readonly overwrite: boolean;
  /** What is there; a resource that is not new needs it. */
  readonly over?: HeldDashboard | undefined;
}

/** A dashboard as a search finds it, whatever its schema. */
export type FoundDashboard = z.output<typeof foundDashboard>;

/** Dashboards in one schema: as JSON of v1, or as resources of v2. */
export interface DashboardCalls {
  dashboard(uid: string, signal: AbortSignal): Promise<HeldDashboard | undefined>;
  /** Answers the version that it has now. */
  saveDashboard(save: DashboardSave, signal: AbortSignal): Promise<number>;
  /** One that is not there is gone, too. */
  removeDashboard(uid: string, signal: AbortSignal): Promise<void>;
}

/** A mark on the axis of time, ms; without `timeEnd` a point. */
export interface Annotation {
  readonly time: number;
  readonly timeEnd?: number;
  readonly text: string;
  readonly tags: readonly string[];
}
export type HeldAnnotation = z.output<typeof heldAnnotation>;

/** An alert rule in the form of Grafana's provisioning API. */
export type AlertRule = z.output<typeof alertRule>;

/**
 * Grafana's HTTP API, as far as we use it: https://grafana.com/docs/grafana/latest/developers/http_api/ (dashboard, folder,
 * folder_dashboard_search, annotations, alerting_provisioning). Each call is one request; it rejects with a GrafanaError, or with the reason of its signal.
 */
export interface Grafana extends DashboardCalls {
  /** The folder's title; undefined when there is none of this uid. */
  folder(uid: string, signal: AbortSignal): Promise<string | undefined>;
  addFolder(folder: { readonly uid: string; readonly title: string }, signal: AbortSignal): Promise<void>;
  /** One page of the dashboards in a folder that carry the tag, numbered from 1; empty after the last. */
  dashboardsIn(
    at: { readonly folderUid: string; readonly tag: string; readonly page: number },
    signal: AbortSignal,
  ): Promise<readonly FoundDashboard[]>;
  /** Those that carry all the tags. */
  annotations(tags: readonly string[], signal: AbortSignal): Promise<readonly HeldAnnotation[]>;
  /** Answers its id. */
  addAnnotation(annotation: Annotation, signal: AbortSignal): Promise<number>;
  /** False when it is not there any more. */
  endAnnotation(id: number, timeEnd: number, signal: AbortSignal): Promise<boolean>;
  alertRule(uid: string, signal: AbortSignal): Promise<AlertRule | undefined>;
  /** All that have the form of an alert rule of ours. */
  alertRules(signal: AbortSignal): Promise<readonly AlertRule[]>;
  /** Rules stay editable in Grafana: they are sent with X-Disable-Provenance. */
  addAlertRule(rule: AlertRule, signal: AbortSignal): Promise<void>;
  replaceAlertRule(rule: AlertRule, signal: AbortSignal): Promise<void>;
  /** One that is not there is gone, too. */
  removeAlertRule(uid: string, signal: AbortSignal): Promise<void>;
}

const dashboardAnswer = z
  .object({
    dashboard: z.record(z.string(), z.unknown()),
    meta: z.object({
      version: z.number().optional(),
      folderUid: z.string().optional(),
      provisioned: z.boolean().optional(),
    }),
  })
  .transform(
    ({ dashboard, meta }): HeldDashboard => ({
      model: dashboard,
      version: typeof dashboard.version === 'number' ? dashboard.version : (meta.version ?? 0),
      folderUid: meta.folderUid ?? '',
      provisioned: meta.provisioned ?? false,
    }),
  );
const foundDashboard = z.object({ uid: z.string(), title: z.string() });
const heldAnnotation = z.object({
  id: z.number(),
  time: z.number(),
  timeEnd: z.number().optional(),
  text: z.string(),
  tags: z.array(z.string()).nullish(),
});
const words = z.record(z.string(), z.string());
const alertRule = z.object({
  uid: z.string(),
  title: z.string(),
  folderUID: z.string(),
  ruleGroup: z.string(),
  orgID: z.number(),
  condition: z.string(),
  data: z.array(
    z.object({
      refId: z.string(),
      queryType: z.string().default(''),
      relativeTimeRange: z.object({ from: z.number().default(0), to: z.number().default(0) }),
      datasourceUid: z.string(),
      model: z.record(z.string(), z.unknown()),
    }),
  ),
  for: z.string(),
  noDataState: z.string(),
  execErrState: z.string(),
  labels: words.nullish().transform(value => value ?? {}),
  annotations: words.nullish().transform(value => value ?? {}),
  isPaused: z.boolean().default(false),
});

const editable = { 'x-disable-provenance': 'true' };
const rules = '/api/v1/provisioning/alert-rules';
const at = encodeURIComponent;

/** Which dashboards are read and saved. */
export interface GrafanaSchema {
  readonly schema: 'v1' | 'v2';
  /** The organisation, as resources name it. */
  readonly namespace: string;
}

/** Grafana at one place. */
export function createGrafana(
  place: GrafanaPlace,
  client: HttpSender,
  { schema, namespace }: GrafanaSchema = { schema: 'v1', namespace: 'default' },
): Grafana {
  const asker = createAsker(place, client);
  return {
    ...folderCalls(asker),
    ...(schema === 'v2' ? resourceCalls(asker, namespace) : dashboardCalls(asker)),
    ...annotationCalls(asker),
    ...alertRuleCalls(asker),
  };
}

/** Asks for an answer of a form; `ask` answers undefined for a 404, `must` rejects. */
export interface GrafanaAsker {
  ask<T>(request: GrafanaRequest, form: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined>;
  must<T>(request: GrafanaRequest, form: z.ZodType<T>, signal: AbortSignal): Promise<T>;
}

function createAsker(place: GrafanaPlace, client: HttpSender): GrafanaAsker {
  const exchange = createGrafanaExchange(place, client);
  const { host } = new URL(place.url);
  const ask: GrafanaAsker['ask'] = async (request, form, signal) => {
    const json = await exchange(request, signal);
    return json === undefined ? undefined : read(json, form, `${host}: ${request.method} ${request.path}`);
  };
  return {
    ask,
    must: async (request, form, signal) => {
      const answer = await ask(request, form, signal);
      if (answer !== undefined) return answer;
      throw new GrafanaError(`Grafana at ${host}: ${request.method} ${request.path} answered 404`, {
        outcome: 'refused',
      });
    },
  };
}

/** Of so many dashboards a search is answered at once. */
const pageSize = 1000;

function folderCalls({ ask, must }: GrafanaAsker): Pick<Grafana, 'folder' | 'addFolder' | 'dashboardsIn'> {
  const form = z.object({ title: z.string() });
  return {
    folder: async (uid, signal) =>
      (await ask({ method: 'GET', path: `/api/folders/${at(uid)}` }, form, signal))?.title,
    addFolder: async (body, signal) => {
      await must({ method: 'POST', path: '/api/folders', body }, form, signal);
    },
    dashboardsIn: ({ folderUid, tag, page }, signal) => {
      const where = {
        type: 'dash-db',
        folderUIDs: folderUid,
        tag,
        limit: String(pageSize),
        page: String(page),
      };
      const path = `/api/search?${new URLSearchParams(where)}`;
      return must({ method: 'GET', path }, z.array(foundDashboard), signal);
    },
  };
}

function dashboardCalls({ ask, must }: GrafanaAsker): DashboardCalls {
  const saved = z.object({ version: z.number() });
  return {
    dashboard: (uid, signal) =>
      ask({ method: 'GET', path: `/api/dashboards/uid/${at(uid)}` }, dashboardAnswer, signal),
    saveDashboard: async ({ over: _over, ...body }, signal) =>
      (await must({ method: 'POST', path: '/api/dashboards/db', body }, saved, signal)).version,
    removeDashboard: async (uid, signal) => {
      await ask({ method: 'DELETE', path: `/api/dashboards/uid/${at(uid)}` }, z.unknown(), signal);
    },
  };
}

function annotationCalls({
  ask,
  must,
}: GrafanaAsker): Pick<Grafana, 'annotations' | 'addAnnotation' | 'endAnnotation'> {
  const added = z.object({ id: z.number() });
  return {
    annotations: (tags, signal) => {
      const query = new URLSearchParams({ type: 'annotation', limit: '100' });
      for (const tag of tags) query.append('tags', tag);
      return must({ method: 'GET', path: `/api/annotations?${query}` }, z.array(heldAnnotation), signal);
    },
    addAnnotation: async (body, signal) =>
      (await must({ method: 'POST', path: '/api/annotations', body }, added, signal)).id,
    endAnnotation: async (id, timeEnd, signal) => {
      const request = { method: 'PATCH', path: `/api/annotations/${id}`, body: { timeEnd } } as const;
      return (await ask(request, z.object({}), signal)) !== undefined;
    },
  };
}

function alertRuleCalls({
  ask,
  must,
}: GrafanaAsker): Pick<
  Grafana,
  'alertRule' | 'alertRules' | 'addAlertRule' | 'replaceAlertRule' | 'removeAlertRule'
> {
  return {
    alertRule: (uid, signal) => ask({ method: 'GET', path: `${rules}/${at(uid)}` }, alertRule, signal),
    alertRules: async signal => {
      const all = await must({ method: 'GET', path: rules }, z.array(z.unknown()), signal);
      // Those of others may have any form, such as that of recording rules.
      return all.flatMap(each => alertRule.safeParse(each).data ?? []);
    },
    addAlertRule: async (body, signal) => {
      await must({ method: 'POST', path: rules, body, headers: editable }, z.unknown(), signal);
    },
    replaceAlertRule: async (body, signal) => {
      const path = `${rules}/${at(body.uid)}`;
      await must({ method: 'PUT', path, body, headers: editable }, z.unknown(), signal);
    },
    removeAlertRule: async (uid, signal) => {
      await ask({ method: 'DELETE', path: `${rules}/${at(uid)}`, headers: editable }, z.unknown(), signal);
    },
  };
}

function read<T>(json: unknown, form: z.ZodType<T>, where: string): T {
  const { data, error, success } = form.safeParse(json);
  if (success) return data;
  const [issue] = error.issues;
  throw new GrafanaError(
    `Grafana at ${where} answered in a form that is not documented (${issue?.path.join('.')}: ${issue?.message})`,
    { outcome: 'not_grafana' },
  );
}
