import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { resolvePack } from '../../config/resolve.ts';
import type { Labels } from '../../core/labels.ts';
import { indicatorQueries } from '../../core/objective.ts';
import type { Series } from '../../core/series.ts';
import { createEvaluator } from '../../promql/evaluate/evaluator.ts';

const step = 15_000;
const now = Date.UTC(2026, 0, 1);
const times = Float64Array.from({ length: 81 }, (_, k) => now - (80 - k) * step);

/** `name{label="value"} 5`, `... 2/s`, or either with `from -60` or `until -60`: the seconds before now at which it began or ended. */
function seriesOf(line: string): Series {
  const [, name = '', inner = '', value = '', edge, seconds] =
    /^(\w+)\{(.*)\} (\S+)(?: (from|until) (-\d+))?$/.exec(line) ?? [];
  const pairs = [...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text]);
  const labels: Labels = { ...Object.fromEntries(pairs), __name__: name };
  const at = now + Number(seconds ?? 0) * 1000;
  const t = times.filter(time => edge === undefined || (edge === 'from' ? time >= at : time <= at));
  const rate = value.endsWith('/s') ? Number.parseFloat(value) / 1000 : undefined;
  return { labels, t, v: t.map(time => (rate === undefined ? Number(value) : rate * (time - times[0]!))) };
}

function packOf(name: string) {
  const file = builtinPacks().get(name)!;
  const loaded = loadPack(file, readFileSync(file, 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
  return resolvePack(loaded.pack, { match: '', params: {}, step, scrapeInterval: step });
}

async function ask(query: string, lines: readonly string[]): Promise<readonly number[]> {
  const source = createEvaluator(lines.map(seriesOf), { lookback: 2 * step });
  const { series } = await source.queryRange({ query, start: now, end: now, step });
  return series.flatMap(({ v }) => [...v]).filter(value => !Number.isNaN(value));
}

/** The query of `pack/class/signal`. */
function signal(name: string): string {
  const [pack = '', of, wanted] = name.split('/');
  const { queries, class: owner } = packOf(pack).classes.find(each => each.class.name === `${pack}/${of}`)!;
  return queries[owner.signals.findIndex(each => each.name === wanted)]!;
}

const alert = (pack: string, name: string) => packOf(pack).alerts.find(each => each.alert === name)!.expr;

describe('a status that is only told while it holds', () => {
  const pipeline = (status: string) => [
    `gitlab_ci_pipeline_status{project="shop",ref="main",status="${status}"} 1`,
  ];
  const rollout = (phase: string) => [`rollout_info{namespace="shop",name="cart",phase="${phase}"} 1`];

  test.each([
    ['gitlab_ci/pipeline/pipeline_failed', pipeline('success'), 0],
    ['gitlab_ci/pipeline/pipeline_failed', pipeline('failed'), 1],
    ['argo_rollouts/rollout/degraded', rollout('Healthy'), 0],
    ['argo_rollouts/rollout/degraded', rollout('Degraded'), 1],
    ['argo_rollouts/rollout/paused', rollout('Healthy'), 0],
    ['argo_rollouts/rollout/aborted', rollout('Healthy'), 0],
  ])('is 0 otherwise: %s of %j is %d', async (name, lines, value) => {
    expect(await ask(signal(name), lines)).toEqual([value]);
  });

  test('a pipeline that succeeded counts for the objective, too', async () => {
    const [objective] = packOf('gitlab_ci').objectives;
    const [asked] = indicatorQueries(objective!.indicator);
    expect((await ask(asked!.query, pipeline('success'))).length).toBeGreaterThan(0);
  });
});

test('a pod of a stateful set that came back under its name is no error of the query', async () => {
  const of = 'namespace="shop",pod="db-0",container="db"';
  const lines = [
    `kube_pod_container_status_restarts_total{${of},uid="1"} 0.01/s until -30`,
    `kube_pod_container_status_restarts_total{${of},uid="2"} 0.01/s from -15`,
    `kube_pod_container_status_last_terminated_reason{${of},uid="2",reason="OOMKilled"} 1`,
  ];
  expect(await ask(signal('kubernetes/namespace/out_of_memory'), lines)).toEqual([1]);
});

test('bytes of a broker are counted once, although each topic tells them again', async () => {
  const name = 'kafka_server_brokertopicmetrics_bytesin_total';
  const lines = [
    `${name}{cluster="c",instance="a"} 100/s`,
    `${name}{cluster="c",instance="a",topic="orders"} 100/s`,
  ];
  expect(await ask(signal('kafka/broker/bytes_in'), lines)).toEqual([expect.closeTo(100, 6)]);
});

test('requests of a stage are counted once, although each method tells them again', async () => {
  const of = 'dimension_ApiName="shop",dimension_Stage="prod"';
  const lines = [
    `aws_apigateway_count_sum{${of}} 300`,
    `aws_apigateway_count_sum{${of},dimension_Method="GET",dimension_Resource="/"} 300`,
  ];
  expect(await ask(signal('api_gateway/stage/requests'), lines)).toEqual([1]);
});

test('a firewall that blocks everything blocks a share of 1', async () => {
  const lines = ['aws_wafv2_blocked_requests_sum{dimension_WebACL="shop",dimension_Rule="ALL"} 300'];
  expect(await ask(signal('aws_waf/acl/blocked_share'), lines)).toEqual([1]);
  expect(await ask(alert('aws_waf', 'WafBlocksMostRequests'), lines)).toEqual([1]);
});

test('the cluster autoscaler that only waits to lead is not one that has stopped', async () => {
  const lines = [
    'cluster_autoscaler_cluster_safe_to_autoscale{job="ca",instance="leader"} 1',
    'cluster_autoscaler_cluster_safe_to_autoscale{job="ca",instance="standby"} 0',
  ];
  expect(await ask(signal('kubernetes_autoscaling/cluster/not_safe'), lines)).toEqual([0]);
  expect(await ask(alert('kubernetes_autoscaling', 'KubernetesClusterAutoscalerStopped'), lines)).toEqual([]);
});

describe('a critical rule of Falco', () => {
  const of = 'instance="a",rule_name="Drop",priority="2"';
  const began = 'falcosecurity_falco_start_timestamp_nanoseconds{instance="a"} 1';
  const expr = alert('falco', 'FalcoCriticalRuleMatched');

  test('is told at its first match, with which its counter appears', async () => {
    const first = `falcosecurity_falco_rules_matches_total{${of}} 1 from -60`;
    expect(await ask(expr, [began, first])).toHaveLength(1);
  });

  test('is not told anew when a sensor is scraped that was not before', async () => {
    const old = `falcosecurity_falco_rules_matches_total{${of}} 7 from -60`;
    expect(await ask(expr, [`${began} from -60`, old])).toEqual([]);
    expect(await ask(expr, [began, `falcosecurity_falco_rules_matches_total{${of}} 7`])).toEqual([]);
  });
});

test('a Redis that evicts is a cache at its size, and not about to be full', async () => {
  const { used } = packOf('redis').capacity.find(({ resource }) => resource === 'memory')!;
  const memory = 'redis_memory_used_bytes{service="cache",instance="a"} 99';
  const evicted = (value: string) => `redis_evicted_keys_total{service="cache",instance="a"} ${value}`;
  expect(await ask(used, [memory, evicted('0')])).toEqual([99]);
  expect(await ask(used, [memory, evicted('2/s')])).toEqual([]);
});

test.each(['200', '200.0'])('a bound of a histogram is found as %s, too', async le => {
  const { indicator } = packOf('web_vitals').objectives.find(({ name }) => name === 'interaction')!;
  const [good] = indicatorQueries(indicator).filter(({ query }) => query.includes('_bucket'));
  const line = `loki_process_custom_inp_bucket{app_name="shop",le="${le}"} 2/s`;
  expect(await ask(good!.query, [line])).toEqual([expect.closeTo(2, 6)]);
});
