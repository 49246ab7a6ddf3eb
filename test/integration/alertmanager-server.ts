import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { createServerProcess, freePort, type LoopbackServer } from './loopback-server.ts';

const alertSchema = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  startsAt: z.string(),
  endsAt: z.string(),
});
export type ListedAlert = z.output<typeof alertSchema>;

/** A real Alertmanager on a free port of loopback, not started yet, that posts everything to `webhook`. */
export async function createAlertmanagerServer(dir: string, webhook: string): Promise<LoopbackServer> {
  const config = {
    route: {
      receiver: 'test',
      group_by: ['...'],
      group_wait: '0s',
      group_interval: '1s',
      repeat_interval: '1h',
    },
    receivers: [{ name: 'test', webhook_configs: [{ url: webhook, send_resolved: true }] }],
  };
  writeFileSync(`${dir}/alertmanager.yml`, JSON.stringify(config));
  const port = await freePort();
  return createServerProcess({
    command: 'prometheus-alertmanager',
    args: [
      `--config.file=${dir}/alertmanager.yml`,
      `--storage.path=${dir}/alertmanager-data`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    port,
    ready: '/-/ready',
    logFile: `${dir}/alertmanager.log`,
  });
}

/** The incidents that it lists as firing now. */
export async function listedIncidents(alertmanager: LoopbackServer): Promise<readonly ListedAlert[]> {
  const filter = encodeURIComponent('alertname="ForeshockIncident"');
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts?filter=${filter}`);
  return z.array(alertSchema).parse(await answer.json());
}
