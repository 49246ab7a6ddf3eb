import { existsSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServerProcess, freePort, type LoopbackServer } from '../loopback-server.ts';

const folder = process.env.FORESHOCK_SERVICES ?? '/var/tmp/foreshock-services';
/** Where `test/integration/install.sh` put medallion. */
const home = `${folder}/medallion-3.0.0`;

/** Whether the TAXII server is not installed. Throws in CI, where a skipped test is a failure. */
export function missingTaxii(): boolean {
  const isMissing = !existsSync(`${home}/.complete`);
  if (isMissing && process.env.CI !== undefined) throw new Error('needed in CI: medallion');
  if (isMissing) console.warn('SKIPPED, not installed: medallion; see test/integration/install.sh');
  return isMissing;
}

export interface TaxiiFiles {
  readonly dir: string;
  readonly ca_file: string;
  readonly server: { readonly cert_file: string; readonly key_file: string };
  readonly client: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer };
}

/** A real TAXII 2.1 server. */
export interface TaxiiServer extends LoopbackServer {
  readonly rootUrl: string;
  readonly discoveryUrl: string;
  readonly collection: string;
  /** Adds objects to the collection, as a feed's own people do. */
  add(objects: readonly object[]): Promise<void>;
}

const collection = '91a7b528-80eb-42ed-a74d-c6fbd5a26116';
const user = 'feed';
const password = 'feed-secret';

/** Flask's server, let in only with a certificate of our authority. */
const runner = `import ssl, sys
from werkzeug.serving import run_simple
from medallion import create_app
import json
config = json.load(open(sys.argv[1]))
app = create_app(config)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[3], sys.argv[4])
context.load_verify_locations(sys.argv[5])
context.verify_mode = ssl.CERT_REQUIRED
run_simple('127.0.0.1', int(sys.argv[2]), app, ssl_context=context, threaded=True)
`;

const data = {
  '/discovery': {
    title: 'Feeds of a test',
    default: '/feeds/',
    api_roots: ['/feeds/'],
  },
  feeds: {
    information: {
      title: 'Feeds',
      versions: ['application/taxii+json;version=2.1'],
      max_content_length: 104_857_600,
    },
    collections: [
      {
        id: collection,
        title: 'indicators',
        can_read: true,
        can_write: true,
        media_types: ['application/stix+json;version=2.1'],
        objects: [],
      },
    ],
    status: [],
  },
};
