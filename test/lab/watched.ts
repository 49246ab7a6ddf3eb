import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Undo } from './fault.ts';
import { progress, undoAll, type Watched } from './incident.ts';
import { layout } from './layout.ts';
import { visit } from './load.ts';
import { serverVersions } from './server-versions.ts';
import { Lab } from './servers.ts';
import { type Delivered, listen } from './webhook.ts';

const warmUpMs = 20_000;

/** Where a lab lives. */
export interface Place {
  readonly basePort: number;
  /** Where the servers keep their files; a temporary folder when not given. */
  readonly work: string | undefined;
}

/** The folder of the servers' files. One that is given must be empty, since nothing in it may be lost. */
function workFolder(work: string | undefined): string {
  if (work === undefined) return mkdtempSync(path.join(tmpdir(), 'foreshock-lab-'));
  const dir = path.resolve(work);
  mkdirSync(dir, { recursive: true });
  if (readdirSync(dir).length > 0) throw new Error(`--work ${work}: expected a new or an empty folder`);
  return dir;
}

function tell({
  status,
  labels: { alertname, service = '', peer_service = '', instance = '' },
}: Delivered): void {
  progress([status, alertname, service, peer_service, instance].filter(Boolean).join(' '));
}

/** Starts a lab, visits it, lets it warm up, and stops all when `live` is over, failed or interrupted. */
export async function withLab(place: Place, live: (watched: Watched) => Promise<void>): Promise<void> {
  serverVersions();
  const dir = workFolder(place.work);
  const lab = new Lab(layout(place.basePort, dir));
  const alerts: Delivered[] = [];
  const undo = new Set<Undo>();
  const hook = listen(lab.layout.webhook, alert => {
    alerts.push(alert);
    tell(alert);
  });
  const visitors = new AbortController();
  const finish = async () => {
    visitors.abort();
    await undoAll({ undo });
    await lab.stop();
    hook.closeAllConnections();
    hook.close();
    if (place.work === undefined) rmSync(dir, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void finish().finally(() => process.exit(1)));
  try {
    await lab.start();
    void visit(lab.layout.nginx, visitors.signal);
    progress('warming up');
    await sleep(warmUpMs);
    await live({ lab, alerts, undo });
  } finally {
    await finish();
  }
}
