import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAuthority } from '../certificates.ts';
import { createForeshock, ownMetric } from './foreshock-server.ts';
import { type LoopbackServer, temporaryFolder, until } from './loopback-server.ts';
import { createTaxiiServer, missingTaxii, type TaxiiServer } from './services/taxii.ts';
import { createWebhookSink, type WebhookSink } from './webhook-sink.ts';

const querySchema = z.object({
  data: z.object({
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
});
const indicator = (n: number, pattern: string) => {
  const t = new Date(Date.now() - 60_000).toISOString();
  const id = `indicator--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  return {
    ...{ type: 'indicator', spec_version: '2.1', id, created: t, modified: t, valid_from: t },
    ...{ pattern, pattern_type: 'stix', confidence: 90, indicator_types: ['malicious-activity'] },
  };
};

describe.skipIf(missingTaxii())('the daemon over a threat feed and files of logs', () => {
  const dir = temporaryFolder('threats');
  const file = `${dir}/checkout.log`;
  const write = (text: string) => appendFileSync(file, `${new Date().toISOString()} INFO ${text}\n`);
  let taxii: TaxiiServer;
  let hook: WebhookSink;
  let foreshock: LoopbackServer;

  beforeAll(async () => {
    const authority = createAuthority(dir, 'feeds');
    const client = authority.issue('foreshock');
    const own = authority.issue('taxii', { names: 'IP:127.0.0.1' });
    taxii = await createTaxiiServer({ dir, ca_file: authority.ca_file, server: own, client });
    await taxii.start();
    await taxii.add([indicator(1, "[ipv4-addr:value = '198.51.100.7']")]);
    hook = await createWebhookSink();
    writeFileSync(file, '');
    const tls = `{ca_file: ${authority.ca_file}, cert_file: ${client.cert_file}, key_file: ${client.key_file}}`;
    const { username, password } = taxii.basic_auth;
    foreshock = await createForeshock(
      dir,
      `threat_feeds:
  - name: partners
    poll_interval: 500ms
    taxii: {url: "${taxii.rootUrl}", tls_config: ${tls}, basic_auth: {username: ${username}, password: ${password}}}
logs: [{name: app, file_tail: {paths: ["${file}"], start_at: beginning, poll_interval: 100ms}}]
receivers: [{name: hook, webhook: {url: "${hook.url}"}}]
packs: [logs, threat_feeds]
global: {step: 2s, delay: 2s, scrape_interval: 2s}
correlation: {group_wait: 4s, window: 60s, resolve_after: 10s}
storage: {path: "${dir}/state"}`,
    );
    await foreshock.start();
  });
  afterAll(async () => {
    await foreshock?.stop();
    await hook?.close();
    await taxii?.stop();
    rmSync(dir, { recursive: true, force: true });
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail')
      console.error(foreshock?.log().slice(-4000), taxii?.log().slice(-1000));
  });

  const listed = 'foreshock_threat_feed_indicators{feed="partners",type="ipv4"}';

  it('pages for a line that names what the feed lists, and shows the line without markup and secrets', async () => {
    await until('the feed is read', async () => (await ownMetric(foreshock, listed)) === 1);
    write('login of ann password=hush from 198.51.100.7 <script>alert(1)</script>');
    const { alert } = await until('the incident is told', () =>
      hook.posted.find(each => each.alert.labels.alertname === 'ForeshockIncident'),
    );
    expect(alert.labels).toMatchObject({ service: 'checkout', severity: 'critical' });
    expect(alert.annotations.log_examples).toContain('password=<secret> from 198.51.100.7');
    expect(JSON.stringify(alert.annotations)).not.toContain('hush');
    const list = await (await fetch(`${foreshock.url}/incidents`)).text();
    const [address = ''] = /\/incidents\/[^"]+/.exec(list) ?? [];
    const page = await (await fetch(`${foreshock.url}${address}`)).text();
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toContain('<script>alert(1)');
  });

  it('answers PromQL over what the feed lists and what matches', async () => {
    const ask = async (query: string) => {
      const answer = await fetch(`${foreshock.url}/api/v1/query?query=${encodeURIComponent(query)}`);
      return querySchema
        .parse(await answer.json())
        .data.result.map(({ metric, value }) => ({ ...metric, v: value[1] }));
    };
    const matches = 'sum by (service, feed) (sum_over_time(foreshock_threat_matches[10m]))';
    await until('the match is counted', async () => (await ask(matches)).length > 0);
    expect(await ask(matches)).toEqual([{ service: 'checkout', feed: 'partners', v: '1' }]);
    // Told once a pass, as the pack asks for it.
    const listing = 'sum by (feed, type) (last_over_time(foreshock_threat_indicators[1m]))';
    await until('what is listed is told', async () => (await ask(listing)).length > 0);
    expect(await ask(listing)).toEqual([{ feed: 'partners', type: 'ipv4', v: '1' }]);
  });

  it('reads on after a crash, and finds what is new', async () => {
    await foreshock.stop('SIGKILL');
    await taxii.add([indicator(2, "[domain-name:value = 'evil.example']")]);
    await foreshock.start();
    await until(
      'the new indicator is there',
      async () =>
        (await ownMetric(foreshock, 'foreshock_threat_feed_indicators{feed="partners",type="domain"}')) === 1,
    );
    expect(await ownMetric(foreshock, listed)).toBe(1);
    write('resolved cdn.evil.example');
    await until(
      'it matches',
      async () =>
        (await ownMetric(foreshock, 'foreshock_threat_feed_matches_total{feed="partners",type="domain"}')) ===
        1,
    );
  });
});
