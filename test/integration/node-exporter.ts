import { createServerProcess, freePort, type LoopbackServer } from './loopback-server.ts';

/** A real node_exporter on a free port of loopback, not started yet. */
export async function createNodeExporter(dir: string): Promise<LoopbackServer> {
  const port = await freePort();
  return createServerProcess({
    command: 'prometheus-node-exporter',
    args: [`--web.listen-address=127.0.0.1:${port}`],
    port,
    ready: '/metrics',
    logFile: `${dir}/node-exporter.log`,
  });
}
