import type { Alert } from '../core/alert.ts';
import { sayList } from '../core/say-name.ts';
import type { Topology } from '../core/topology.ts';
import { placeLabels } from '../correlators/place.ts';
import { correlateAlerts } from '../correlators/replay.ts';
import { type AlertHistory, alertHistory } from '../rules/history.ts';
import { createMetrics } from '../server/metrics.ts';
import { readValues } from '../store/reader.ts';
import { parseAlertLines, parseTopology } from './alerts-file.ts';
import { readText } from './files.ts';
import { incidentsOf } from './incident-store.ts';
import { type Loaded, loadOrExplain } from './load.ts';
import { createSources } from './sources.ts';
import { readTopologyNow } from './topology-now.ts';
import { topologySources } from './topology-sources.ts';

const noTopology: Topology = { nodes: [], edges: [] };

/** A `topology.json`, or no graph where no file is named. */
export function topologyFile(file: string | undefined): Topology {
  return file === undefined ? noTopology : parseTopology(readText(file), file);
}

/** The history in a file of alerts, put into incidents by the correlator. */
export function historyOfFile(file: string, topology: Topology): AlertHistory {
  const alerts = parseAlertLines(readText(file), file);
  const { lines } = correlateAlerts(alerts, topology);
  const incidents = lines.map(line => line.alerts.map(number => alerts[number]!));
  return alertHistory({ incidents, topology, placeLabels });
}

/** The history in a store, over the graph as it is now or as `topology` tells it. Our own alerts do not pass Alertmanager's rules. */
export async function historyOfStore(file: string, topology: string | undefined): Promise<AlertHistory> {
  const loaded = loadOrExplain(file);
  const others = ({ labels }: Alert) => labels.generator !== 'foreshock';
  const incidents = incidentsOf(readValues(loaded.config.storage.path, 'incidents')).map(({ members }) =>
    members.map(({ alert }) => alert).filter(others),
  );
  const graph = topology === undefined ? await topologyNow(loaded) : topologyFile(topology);
  return alertHistory({ incidents, topology: graph, placeLabels });
}

/** The graph as its sources tell it now; what cannot be read is said on standard error, and the rest is used. */
async function topologyNow({ config, packs }: Loaded): Promise<Topology> {
  const { step, delay } = config.global;
  const sources = createSources(config, createMetrics());
  const told = topologySources(config, sources.all, packs);
  try {
    const t = Math.floor((Date.now() - delay) / step) * step;
    const now = await readTopologyNow(told, { t, step });
    for (const [why, names] of now.failures) process.stderr.write(`${sayList(names)}: ${why}\n`);
    return now.told;
  } finally {
    for (const source of told) await source.close?.();
    await sources.close();
  }
}
