import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { missingCommands } from '../integration/loopback-server.ts';

const root = path.resolve(import.meta.dirname, '../..');
const chart = path.join(root, 'deploy/helm/foreshock');
const kubernetes = '1.30.0';
/** kubectl has kustomize built in. */
const ownKustomize = spawnSync('kustomize', ['version'], { stdio: 'ignore' }).error === undefined;

/** What of the tools is not there: `helm`, and one that builds with kustomize. */
export const missingTools = {
  helm: missingCommands('helm'),
  kustomize: ownKustomize ? [] : missingCommands('kubectl'),
};

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  args: z.array(z.string()),
  ports: z.array(z.looseObject({ name: z.string(), containerPort: z.number() })),
  securityContext: z.looseObject({
    allowPrivilegeEscalation: z.boolean(),
    readOnlyRootFilesystem: z.boolean(),
    capabilities: z.looseObject({ drop: z.array(z.string()) }),
  }),
  volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
});

/** A pod as we write it, as far as the tests look. */
const podSpec = z.looseObject({
  serviceAccountName: z.string(),
  automountServiceAccountToken: z.boolean(),
  securityContext: z.looseObject({
    runAsNonRoot: z.boolean(),
    runAsUser: z.number(),
    seccompProfile: z.looseObject({ type: z.string() }),
  }),
  containers: z.array(container).min(1),
  volumes: z.array(
    z.looseObject({
      name: z.string(),
      configMap: z.looseObject({ name: z.string() }).optional(),
      secret: z.looseObject({ secretName: z.string() }).optional(),
    }),
  ),
});

const labels = z.record(z.string(), z.string());

const statefulSet = z.looseObject({
  spec: z.looseObject({
    replicas: z.number(),
    selector: z.looseObject({ matchLabels: labels }),
    template: z.looseObject({ metadata: z.looseObject({ labels }), spec: podSpec }),
    volumeClaimTemplates: z
      .array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) }))
      .default([]),
  }),
});
export type RenderedStatefulSet = z.output<typeof statefulSet>['spec'];

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.unknown().optional(),
  data: z.record(z.string(), z.string()).optional(),
});
export type Manifest = z.output<typeof manifest>;

function run(
  command: string,
  args: readonly string[],
): { readonly ok: boolean; readonly text: string; readonly errors: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd: root });
  return { ok: status === 0, text: stdout, errors: stderr };
}

/** What the chart makes of some values, given as JSON by their path; throws with what Helm says against it. */
export function helmTemplate(values: Readonly<Record<string, unknown>> = {}): string {
  const set = Object.entries(values).flatMap(([at, value]) => [
    '--set-json',
    `${at}=${JSON.stringify(value)}`,
  ]);
  const args = [
    'template',
    'foreshock',
    chart,
    '--namespace',
    'foreshock',
    '--kube-version',
    kubernetes,
    ...set,
  ];
  const { ok, text, errors } = run('helm', args);
  if (!ok) throw new Error(errors);
  return text;
}

/** What Helm's linter says of the chart. */
export function helmLint(): { readonly ok: boolean; readonly text: string } {
  return run('helm', ['lint', '--strict', chart]);
}

/** What kustomize makes of a folder below deploy/kustomize; throws with what it says against it. */
export function kustomized(folder: string): string {
  const at = path.join(root, 'deploy/kustomize', folder);
  const { ok, text, errors } = ownKustomize
    ? run('kustomize', ['build', at])
    : run('kubectl', ['kustomize', at]);
  if (!ok) throw new Error(errors);
  return text;
}

/** The manifests of a text of several documents. */
export function manifestsOf(text: string): readonly Manifest[] {
  return parseAllDocuments(text).flatMap(document => {
    if (document.errors.length > 0) throw document.errors[0]!;
    const value: unknown = document.toJS();
    return value === null ? [] : [manifest.parse(value)];
  });
}

/** The only manifest of a kind; throws when there is another number. */
export function only(manifests: readonly Manifest[], kind: string): Manifest {
  const found = manifests.filter(each => each.kind === kind);
  if (found.length !== 1) throw new Error(`${found.length} manifests of kind ${kind}`);
  return found[0]!;
}

/** The spec of the only StatefulSet. */
export function statefulSetOf(manifests: readonly Manifest[]): RenderedStatefulSet {
  return statefulSet.parse(only(manifests, 'StatefulSet')).spec;
}
