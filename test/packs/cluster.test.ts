import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { resolvePack } from '../../config/resolve.ts';
import type { Labels } from '../../core/labels.ts';
import { indicatorQueries } from '../../core/objective.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';
import { clusterSeries, clusterTime } from './cluster.ts';

const names = [
  'kubernetes',
  'kubernetes_containers',
  'kubernetes_control_plane',
  'kubernetes_autoscaling',
  'kubernetes_storage',
  'istio',
  'nginx_ingress',
  'calico',
  'gatekeeper',
  'falco',
  'velero',
  'external_secrets',
  'cert_manager',
] as const;

const packs = names.map(name => {
  const file = builtinPacks().get(name)!;
  const loaded = loadPack(file, readFileSync(file, 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
  return resolvePack(loaded.pack, {
    match: '',
    params: {},
    step: clusterTime.step,
    scrapeInterval: clusterTime.step,
  });
});

const source = createEvaluator(clusterSeries(), { lookback: 2 * clusterTime.step });

/** The answer at the end of the cluster's time. */
async function ask(query: string): Promise<{ labels: Labels; value: number }[]> {
  const { end, step } = clusterTime;
  const { series } = await source.queryRange({ query, start: end, end, step });
  return series.map(({ labels, v }) => ({ labels, value: v[0]! }));
}

const signals = packs.flatMap(({ classes }) =>
  classes.flatMap(({ class: { name, signals: specs }, entityLabels, queries }) =>
    specs.map((spec, k) => ({ name: `${name}/${spec.name}`, query: queries[k]!, labels: entityLabels })),
  ),
);
const capacity = packs.flatMap(({ pack, capacity: items }) =>
  items.map(({ resource, used, limit }) => ({ name: `${pack}/${resource}`, used, limit })),
);
const objectives = packs.flatMap(({ pack, objectives: all }) =>
  all.flatMap(({ name, indicator }) =>
    indicatorQueries(indicator).map(({ query }) => ({ name: `${pack}/${name}`, query })),
  ),
);
const edges = packs.flatMap(({ pack, topology }) => topology.map(edge => ({ name: pack, ...edge })));

test.each(signals)('$name has an answer that names its entity', async ({ query, labels }) => {
  const answers = await ask(query);
  expect(answers.length).toBeGreaterThan(0);
  const known = (answer: Labels) => Object.keys(answer).every(label => labels.includes(label));
  expect(answers.filter(answer => !known(answer.labels))).toEqual([]);
  expect(answers.filter(answer => Number.isNaN(answer.value))).toEqual([]);
});

test.each(capacity)('what is used of $name has a limit of the same labels', async ({ used, limit }) => {
  const keys = (answers: readonly { labels: Labels }[]) =>
    answers.map(({ labels }) => JSON.stringify(Object.entries(labels).toSorted()));
  const [first, second] = [keys(await ask(used)), keys(await ask(limit))];
  expect(first.filter(key => second.includes(key)).length).toBeGreaterThan(0);
});

test.each(objectives)('the objective $name has events', async ({ query }) => {
  expect((await ask(query)).filter(({ value }) => value > 0).length).toBeGreaterThan(0);
});

test.each(edges)('$name knows who stands on whom: $from and $to', async ({ via, from, to }) => {
  const answers = await ask(via);
  expect(answers.length).toBeGreaterThan(0);
  for (const { labels } of answers) expect(Object.keys(labels).toSorted()).toEqual([from, to].toSorted());
});

/** `a=b` or `a=b,c=d` of a line below. */
const isOf = (labels: Labels, entity: string) =>
  entity.split(',').every(pair => {
    const [label = '', value = ''] = pair.split('=');
    return labels[label] === value;
  });

describe('what the packs say of the cluster', () => {
  test.each([
    ['kubernetes/deployment/replicas_missing', 'namespace=shop,deployment=cart', 2],
    // A pod that is over reserves nothing, one that is not running is not "not ready", old deaths are not new ones.
    ['kubernetes/node/cpu_requested', 'node=a', 0.5],
    ['kubernetes/namespace/pods_not_ready', 'namespace=shop', 1],
    ['kubernetes/namespace/out_of_memory', 'namespace=shop', 1],
    ['kubernetes/namespace/containers_failing', 'namespace=empty', 0],
    ['kubernetes/node/not_ready', 'node=b', 1],
    ['kubernetes/node/under_pressure', 'node=b', 1],
    // The pod's own group holds what its containers use already.
    ['kubernetes_containers/pod/cpu_used', 'namespace=shop,pod=cart-1', 0.5],
    ['kubernetes_containers/pod/memory_used', 'namespace=shop,pod=cart-1', 800],
    ['kubernetes_containers/pod/memory_of_limit', 'namespace=shop,pod=cart-1', 0.8],
    ['kubernetes_containers/kubelet/evictions', 'instance=a', 0],
    ['kubernetes_control_plane/apiserver/error_ratio', 'job=apiserver', 2 / 103],
    ['kubernetes_control_plane/apiserver/audit_lost', 'job=apiserver', 0],
    ['kubernetes_autoscaling/hpa/of_target', 'namespace=shop,horizontalpodautoscaler=cart', 1.5],
    ['kubernetes_autoscaling/cluster/round_age', 'job=cluster-autoscaler', 20],
    ['kubernetes_storage/claim/bytes_used', 'namespace=shop,persistentvolumeclaim=data-db-0', 0.96],
    ['kubernetes_storage/claim/unbound', 'namespace=shop,persistentvolumeclaim=data-db-1', 1],
    ['kubernetes_storage/storage_class/requested', 'storageclass=gp3', 1500],
    ['kubernetes_storage/driver/operation_error_ratio', 'driver_name=ebs.csi.aws.com', 0.25],
    ['istio/service/error_ratio', 'destination_service_name=cart', 0.02],
    ['istio/service/error_ratio', 'destination_service_name=rates', 0],
    ['istio/service/grpc_error_ratio', 'destination_service_name=rates', 0.25],
    ['istio/service/plain_text_ratio', 'destination_service_name=cart', 0.02],
    ['istio/call/call_error_ratio', 'source_workload=front,destination_service_name=cart', 0.05],
    ['nginx_ingress/ingress/given_up_ratio', 'exported_namespace=shop,ingress=web', 0.02],
    ['nginx_ingress/host/certificate_left', 'host=shop.example', 86_400],
    ['calico/felix/not_in_sync', 'instance=a', 1],
    ['gatekeeper/policies/violations_of_all', 'job=gatekeeper', 10],
    ['gatekeeper/policies/constraints', 'job=gatekeeper', 12],
    ['gatekeeper/policies/audit_age', 'job=gatekeeper', 100],
    ['falco/rule/nodes_hit', 'rule_name=Terminal shell in container', 2],
    ['falco/sensor/matches_critical', 'instance=a', 0.1],
    ['velero/schedule/age', 'schedule=daily', 7200],
    ['velero/schedule/snapshot_failures', 'schedule=daily', 3.6],
    ['external_secrets/secret/sync_time', 'exported_namespace=shop,name=db', 2],
    ['external_secrets/store/store_not_ready', 'name=aws', 1],
    ['cert_manager/certificate/left', 'exported_namespace=shop,name=tls', 86_400],
    ['cert_manager/issuer/issuers_not_ready', 'job=cert-manager', 1],
  ])('%s of %s is %d', async (name, entity, value) => {
    const answers = await ask(signals.find(signal => signal.name === name)!.query);
    expect(answers.find(({ labels }) => isOf(labels, entity))?.value).toBeCloseTo(value, 6);
  });

  test('a certificate is used up by its age', async () => {
    const [found] = capacity.filter(({ name }) => name === 'cert_manager/certificate');
    const [[used], [limit]] = [await ask(found!.used), await ask(found!.limit)];
    expect(used!.value / limit!.value).toBeCloseTo(89 / 90, 6);
  });

  test('what is wrong is an alert, and nothing else', async () => {
    const all = packs.flatMap(({ alerts }) => alerts);
    const answered = await Promise.all(
      all.map(async ({ alert, expr }) => ({ alert, found: await ask(expr) })),
    );
    expect(answered.filter(({ found }) => found.length > 0).map(({ alert }) => alert)).toEqual([
      'KubernetesNodeNotReady',
      'KubernetesContainerCannotStart',
      'KubernetesQuotaAlmostUsed',
      'KubernetesNodesNotAdded',
      'KubernetesVolumeAlmostFull',
      'IstioProxiesRejectConfiguration',
      'IstioRootCertificateExpiring',
      'IstioSidecarInjectionFailing',
      'NginxIngressReloadFailed',
      'NginxIngressCertificateExpiring',
      'CalicoNodeNotInSync',
      'CalicoDataplaneFailing',
      'GatekeeperTemplateBroken',
      'FalcoCriticalRuleMatched',
      'FalcoBlind',
      'FalcoOutputsDropped',
      'VeleroBackupFailing',
      'VeleroLocationUnavailable',
      'ExternalSecretNotSynced',
      'ExternalSecretStoreNotReady',
      'CertificateExpiring',
      'CertificateNotReady',
      'CertificateInSecretExpiring',
    ]);
  });
});
