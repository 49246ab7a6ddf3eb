import { createGrafana, type Grafana } from '../clients/grafana.ts';
import type { GrafanaOutcome } from '../clients/grafana-failure.ts';
import { createHttpClient } from '../collectors/http-client.ts';
import type { PushBlock } from '../config/dashboards-block.ts';

/** Grafana as the config names it; closed at the end. */
export interface GrafanaAccess {
  readonly grafana: Grafana;
  close(): Promise<void>;
}

/** Asks nothing yet. `observe` is told how each request ended. */
export function connectGrafana(
  { url, timeout, token_file: file, basic_auth, authorization, tls_config, headers }: PushBlock,
  observe?: (outcome: GrafanaOutcome) => void,
): GrafanaAccess {
  const bearer = file === undefined ? authorization : { type: 'Bearer', credentials_file: file };
  const client = createHttpClient({ basic_auth, authorization: bearer, tls_config, headers });
  const place = { url, timeout, ...(observe === undefined ? {} : { observe }) };
  return { grafana: createGrafana(place, client), close: () => client.close() };
}
