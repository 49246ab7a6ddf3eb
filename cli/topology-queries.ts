/** A question whose answer names both ends of edges in two labels. */
export interface TopologyQuery {
  readonly from: string;
  readonly to: string;
  readonly via: string;
  /** What the edge is, and its ends, in words. */
  readonly kind?: string;
  readonly fromKind?: string;
  readonly toKind?: string;
}

/** Questions of one origin: what they find is said by it, under one name. */
export interface TopologyQuestions {
  readonly name: string;
  readonly confidence: number;
  /** True where the answer is all that there is now: placement, as against calls, which may rest for a while. */
  readonly complete: boolean;
  readonly queries: readonly TopologyQuery[];
}

const calls = { kind: 'calls', fromKind: 'service', toKind: 'service' } as const;

/** Names inside of a cluster (`checkout.shop.svc.cluster.local`) become the name of the service, all others stay. */
const calledService = (of: string): string =>
  `label_replace(${of}, "server_address", "$1", "server_address", "([^.]+)[.][^.]+[.]svc([.].*)?")`;

/**
 * Where the ends of the pods' addresses come together: an address belongs to the pod that runs, as those of pods that are
 * over are given away again; pods on the network of their host share its address.
 */
const runningPods =
  'group by (namespace, pod_ip, pod) (kube_pod_info{host_network!="true",pod_ip!=""} and on (namespace, pod) (kube_pod_status_phase{phase="Running"} == 1))';
const addresses =
  'label_replace(label_replace(kube_endpoint_address, "service", "$1", "endpoint", "(.+)"), "pod_ip", "$1", "ip", "(.+)")';

const callsBy = (name: string, query: Omit<TopologyQuery, keyof typeof calls>): TopologyQuestions => ({
  name,
  confidence: 1,
  complete: false,
  queries: [{ ...calls, ...query }],
});

/**
 * What is asked of every source of metrics, by the name that `topology.metrics` of the config knows: the metrics of Istio, span
 * metrics (of Tempo, and of the OpenTelemetry collector), OpenTelemetry's metrics of HTTP clients, and kube-state-metrics.
 */
export const builtinQuestions: readonly TopologyQuestions[] = [
  callsBy('istio', {
    from: 'source_workload',
    to: 'destination_workload',
    via: 'sum by (source_workload, destination_workload) (rate(istio_requests_total{source_workload!~"|unknown",destination_workload!~"|unknown"}[5m]))',
  }),
  // Requests from outside come from a `user` that would make neighbours of all that faces the outside.
  callsBy('service_graph', {
    from: 'client',
    to: 'server',
    via: 'sum by (client, server) (rate(traces_service_graph_request_total{client!~"|user",server!=""}[5m]))',
  }),
  callsBy('http_client', {
    from: 'job',
    to: 'server_address',
    via: `sum by (job, server_address) (${calledService('rate(http_client_request_duration_seconds_count{job!="",server_address!=""}[5m])')})`,
  }),
  {
    name: 'kubernetes',
    confidence: 1,
    complete: true,
    queries: [
      {
        from: 'pod',
        to: 'node',
        via: 'count by (pod, node) (kube_pod_info{node!=""} and on (namespace, pod) (kube_pod_status_phase{phase="Running"} == 1))',
        kind: 'runs on',
        fromKind: 'pod',
        toKind: 'node',
      },
      {
        from: 'service',
        to: 'pod',
        via: `count by (service, pod) (${addresses} * on (namespace, pod_ip) group_left (pod) (${runningPods}))`,
        kind: 'is served by',
        fromKind: 'service',
        toKind: 'pod',
      },
    ],
  },
];
