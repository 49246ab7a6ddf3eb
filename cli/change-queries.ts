/** A question whose answer tells the state of things: a new state of one that is known is a change. */
export interface ChangeQuery {
  readonly name: string;
  readonly via: string;
  /** Labels that name the thing; those that are there count. */
  readonly entity: readonly string[];
  /** Labels whose values are the state; left out = the sample is. */
  readonly state?: readonly string[];
  readonly kind: string;
  /** A state is not new again so long after it was last seen, ms: a scrape that failed changes nothing. */
  readonly grace: number;
  readonly say: (after: string, before: string) => string;
}

const workload = ['namespace', 'deployment', 'statefulset', 'daemonset'];
const scrapes = 180_000;

/**
 * Changes as metrics show them: versions in the `*_build_info` of applications, and with kube-state-metrics images of containers,
 * versions in the labels of workloads, their generations and replicas; the deployments that GitLab's exporter tells, and the rollouts
 * of Argo.
 */
export const changeQueries: readonly ChangeQuery[] = [
  {
    name: 'build',
    via: 'count by (__name__, namespace, service, job, version, revision) ({__name__=~".+_build_info"})',
    entity: ['__name__', 'namespace', 'service', 'job'],
    state: ['version', 'revision'],
    kind: 'deploy',
    grace: scrapes,
    say: (after, before) => `${after} runs, before it was ${before}`,
  },
  {
    name: 'image',
    via: 'count by (namespace, container, image) (kube_pod_container_info{container!="",image!=""})',
    entity: ['namespace', 'container'],
    state: ['image'],
    kind: 'deploy',
    grace: scrapes,
    say: (after, before) => `the image is ${after}, before it was ${before}`,
  },
  {
    name: 'labels',
    via: `count by (${workload.join(', ')}, label_app_kubernetes_io_version, label_version) ({__name__=~"kube_(deployment|statefulset|daemonset)_labels"})`,
    entity: workload,
    state: ['label_app_kubernetes_io_version', 'label_version'],
    kind: 'deploy',
    grace: 0,
    say: (after, before) => `its label says ${after}, before it said ${before}`,
  },
  {
    name: 'generation',
    via: `max by (${workload.join(', ')}) ({__name__=~"kube_(deployment|statefulset)_status_observed_generation"})`,
    entity: workload,
    kind: 'deploy',
    grace: 0,
    say: (after, before) => `its specification was changed (generation ${after}, before it was ${before})`,
  },
  {
    name: 'replicas',
    via: `max by (${workload.join(', ')}) (kube_deployment_spec_replicas or kube_statefulset_replicas)`,
    entity: workload,
    kind: 'scaling',
    grace: 0,
    say: (after, before) => `${after} replicas are asked for, before it were ${before}`,
  },
  {
    name: 'gitlab',
    via: 'count by (project, environment, current_commit_short_id) (gitlab_ci_environment_information{current_commit_short_id!=""})',
    entity: ['project', 'environment'],
    state: ['current_commit_short_id'],
    kind: 'deploy',
    grace: scrapes,
    say: (after, before) => `the commit ${after} is deployed, before it was ${before}`,
  },
  {
    name: 'rollout',
    via: 'count by (namespace, name, phase) (rollout_info == 1)',
    entity: ['namespace', 'name'],
    state: ['phase'],
    kind: 'deploy',
    grace: 0,
    say: (after, before) => `its rollout is ${after}, before it was ${before}`,
  },
];
