import { createHash } from 'node:crypto';
import type { HeldDashboard } from '../clients/grafana.ts';
import { canonicalJson } from '../core/canonical-json.ts';

type Model = Readonly<Record<string, unknown>>;

/** What a dashboard says of itself: the version as which foreshock saved it, and what was in it. */
export interface Mark {
  readonly version: number;
  readonly hash: string;
}

/** A hidden constant: Grafana keeps it over its own migrations of a dashboard, and people do not see it. */
const markName = 'foreshock_pushed';

/** The first 64 bits of SHA-256 of a content, in hexadecimal. */
export function contentHash(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex').slice(0, 16);
}

const part = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
const listIn = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A resource of the schema v2 keeps in its `spec` what is at the top in v1, and each variable in one, too. */
const isResource = (model: Model): boolean => 'apiVersion' in model;

/** By what a dashboard is known. */
export function headOf(model: Model): { readonly uid: string; readonly title: string } {
  if (!isResource(model)) return { uid: String(model.uid), title: String(model.title ?? '') };
  return { uid: String(part(model.metadata, 'name')), title: String(part(model.spec, 'title') ?? '') };
}

function variablesOf(model: Model): readonly unknown[] {
  return listIn(isResource(model) ? part(model.spec, 'variables') : part(model.templating, 'list'));
}

function withVariables(model: Model, list: readonly unknown[]): Model {
  if (!isResource(model)) return { ...model, templating: { list } };
  const spec = typeof model.spec === 'object' ? model.spec : {};
  return { ...model, spec: { ...spec, variables: list } };
}

const settingOf = (variable: unknown, key: string): unknown =>
  part(variable, key) ?? part(part(variable, 'spec'), key);
const isMark = (variable: unknown): boolean => settingOf(variable, 'name') === markName;

/** A dashboard without what Grafana adds to it, and without our mark. */
export function bareModel(model: Model): Model {
  const { id: _id, version: _version, iteration: _iteration, ...rest } = model;
  return withVariables(
    rest,
    variablesOf(model).filter(variable => !isMark(variable)),
  );
}

/** A dashboard as it is to be: without what Grafana adds, and the hash of that, which costs some milliseconds. */
export interface WantedModel {
  readonly bare: Model;
  readonly hash: string;
}

/** A dashboard that is to be brought to Grafana. */
export function wantedModel(model: Model): WantedModel {
  const bare = bareModel(model);
  return { bare, hash: contentHash(bare) };
}

/** The dashboard as it is to be saved over version `over` (0: it is new), with its mark. */
export function markedModel({ bare, hash }: WantedModel, over: number): Model {
  const query = `v${over + 1} ${hash}`;
  const shared = {
    name: markName,
    description: 'What foreshock wrote last: it tells what was changed by hand since.',
    query,
    current: { text: query, value: query, selected: false },
    skipUrlSync: true,
  };
  const variables = variablesOf(bare);
  if (isResource(bare)) {
    const spec = { ...shared, hide: 'hideVariable' };
    return withVariables(bare, [...variables, { kind: 'ConstantVariable', spec }]);
  }
  const marked = withVariables(bare, [...variables, { ...shared, type: 'constant', hide: 2 }]);
  return { ...marked, id: null, version: over };
}

/** The mark of a dashboard; undefined when it was never pushed. */
export function markOf(model: Model): Mark | undefined {
  const query = settingOf(variablesOf(model).find(isMark), 'query');
  const [, version, hash] = /^v(\d+) ([0-9a-f]{16})$/.exec(String(query)) ?? [];
  return version === undefined || hash === undefined ? undefined : { version: Number(version), hash };
}

/** Why a dashboard in Grafana is not to be written over; undefined when it is as foreshock left it. */
export function handiwork(held: HeldDashboard, folderUid: string): string | undefined {
  const mark = markOf(held.model);
  if (held.provisioned) return 'it is provisioned from a file';
  if (mark === undefined) return 'it was not pushed by foreshock';
  if (mark.version !== held.version)
    return `it was changed by hand: version ${mark.version} was pushed, version ${held.version} is there`;
  if (held.folderUid !== folderUid) return `it was moved by hand into the folder "${held.folderUid}"`;
  return undefined;
}
