import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foreshockBeside } from '../cli/command.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, missingCommands, temporaryFolder, until } from './loopback-server.ts';
import { createPrometheusServer } from './prometheus-server.ts';

const missing = missingCommands('prometheus', 'promtool');
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
/** Times of samples around `now`: the past, and half an hour of the time to come, in which it is watched. */
const timesOf = (now: number, every: number, { past, phase }: { past: number; phase: number }) => {
  const first = Math.floor((now - past) / every) * every + phase;
  return Array.from({ length: Math.floor((past + hour / 2) / every) }, (_, i) => first + i * every);
};

/** Workers that are scraped every 15 seconds, and probes every five minutes, never at full ones. */
function historyOf(now: number): string {
  const often = timesOf(now, 15 * second, { past: 4 * hour, phase: 4 * second });
  const rarely = timesOf(now, 5 * minute, { past: 20 * hour, phase: 137 * second });
  const wave = (t: number, of: number) => 10 + of + 2 * Math.sin(t / hour) + Math.sin(t / 7919);
  const family = (name: string, labels: readonly string[], value: (t: number, k: number) => number) => [
    `# TYPE ${name} gauge`,
    ...labels.flatMap((each, k) =>
      (name.startsWith('probe') ? rarely : often).map(t => `${name}{${each}} ${value(t, k)} ${t / 1000}`),
    ),
  ];
  const workers = ['w-1', 'w-2'].map(name => `job="workers",instance="${name}"`);
  const probes = ['shop', 'bank'].map(
    name => `job="probes",service="${name}",instance="https://${name}.example"`,
  );
  const phases = probes.flatMap(each =>
    ['processing', 'connect', 'tls'].map(phase => `${each},phase="${phase}"`),
  );
  const lines = [
    ...family('up', workers, () => 1),
    ...family('queue_jobs_waiting', workers, wave),
    ...family('probe_success', probes, () => 1),
    ...family('probe_duration_seconds', probes, (t, k) => wave(t, k) / 50),
    ...family('probe_http_duration_seconds', phases, (t, k) => wave(t, k) / 200),
    ...family('probe_dns_lookup_time_seconds', probes, (t, k) => wave(t, k) / 1000),
    ...family('probe_http_status_code', probes, () => 200),
    ...family('probe_http_uncompressed_body_length', probes, (t, k) => Math.round(1000 * wave(t, k))),
  ];
  return `${lines.join('\n')}\n# EOF\n`;
}

const workers = `pack: workers
title: Workers
about: Jobs that wait.
exporter: {name: workers, versions: '1'}
classes:
  - name: worker
    entity: [instance]
    signals:
      - {name: waiting, kind: saturation, query: max by (instance) (queue_jobs_waiting), about: Jobs that wait.}
`;

describe.skipIf(missing.length > 0)('samples five minutes apart beside samples every 15 seconds', () => {
  const dir = temporaryFolder('rare-samples');
  let source: LoopbackServer;

  const start = async (name: string, probes: string) => {
    const foreshock = await createForeshock(
      dir,
      `prometheus: {url: "${source.url}"}
packs: [{file: workers.yaml}, ${probes}]
global: {scrape_interval: 15s, step: 5s, delay: 1s}
storage: {path: "${dir}/${name}"}
receivers: [{name: file, file: {path: "${dir}/${name}.jsonl"}}]`,
    );
    await foreshock.start();
    return foreshock;
  };
  const watching = (foreshock: LoopbackServer, name: string) => () =>
    ownMetric(foreshock, `foreshock_series_watched{class="${name}",state="watching"}`);

  beforeAll(async () => {
    source = await createPrometheusServer({ dir, targets: [], history: historyOf(Date.now()) });
    await source.start();
    writeFileSync(`${dir}/workers.yaml`, workers);
  });

  afterAll(async () => {
    await source?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are found by init, which writes their interval at the pack', async () => {
    const file = `${dir}/found.yaml`;
    const { code, stderr } = await foreshockBeside(['init', '--prometheus', source.url, '--output', file]);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('blackbox: Probes and certificates (blackbox_exporter), a sample every 5m');
    expect(stderr).toMatch(/blackbox\/target: 2 entities of \d+ signals/);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('scrape_interval: 15s\n');
    expect(text).toMatch(/- pack: blackbox\n {4}scrape_interval: 5m\n/);
    expect(await foreshockBeside(['check', 'config', file])).toMatchObject({ code: 0 });
  });

  it('are dark to a pack that is asked as often as the others, and log and page say what to write', async () => {
    const foreshock = await start('dark', 'blackbox');
    try {
      const reason =
        'samples of probe_success come every 5m, more rarely than scrape_interval 15s: write `scrape_interval: 5m` at the pack blackbox';
      await until('the log says so', () => foreshock.log().includes(`has no history yet: ${reason}`));
      expect(foreshock.log()).toContain(
        `blackbox/target has no history yet: ${reason}; it is tried again every`,
      );
      await until('the page says so', async () =>
        (await (await fetch(`${foreshock.url}/`)).text()).includes(reason),
      );
      await until(
        'what comes often is watched',
        async () => (await watching(foreshock, 'workers/worker')()) === 2,
      );
      const at = ['--at', new Date().toISOString(), '--config', `${dir}/foreshock.yaml`];
      const { code, stderr } = await foreshockBeside(['explain', 'https://shop.example', ...at]);
      expect(code).toBe(1);
      expect(stderr).toContain(
        `blackbox/target has no model yet: ${reason}; now, says the foreshock that runs: `,
      );
    } finally {
      await foreshock.stop();
    }
  });

  it('are learned and watched once the pack has their interval, beside those that come often', async () => {
    const foreshock = await start('seen', '{pack: blackbox, scrape_interval: 5m}');
    try {
      for (const name of ['blackbox/target', 'workers/worker'])
        await until(`${name} is watched`, async () => (await watching(foreshock, name)()) === 2);
      const query = encodeURIComponent('count(foreshock_anomaly_score{class="blackbox/target"})');
      await until('probes are judged at every step', async () => {
        const answer = await (await fetch(`${foreshock.url}/api/v1/query?query=${query}`)).text();
        return answer.includes('"2"');
      });
      expect(foreshock.log()).not.toMatch(/blackbox\/target: .*more rarely/);
    } finally {
      await foreshock.stop();
    }
  });
});
