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
  { url, timeout, schema, namespace, token_file: file, ...http }: PushBlock,
  observe?: (outcome: GrafanaOutcome) => void,
): GrafanaAccess {
  const { basic_auth, tls_config, headers } = http;
  const authorization = file === undefined ? http.authorization : { type: 'Bearer', credentials_file: file };
  const client = createHttpClient({ basic_auth, authorization, tls_config, headers });
  const place = { url, timeout, ...(observe === undefined ? {} : { observe }) };
  return { grafana: createGrafana(place, client, { schema, namespace }), close: () => client.close() };
}
