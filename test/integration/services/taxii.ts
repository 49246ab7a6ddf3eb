import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import type { Certificate } from '../../certificates.ts';
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

/** Its folder, the authority whose certificates it trusts, its own one, and one of a client that may add objects. */
export interface TaxiiSetup {
  readonly dir: string;
  readonly ca_file: string;
  readonly server: Certificate;
  readonly client: Certificate;
}

/** A real TAXII 2.1 server. */
export interface TaxiiServer extends LoopbackServer {
  readonly rootUrl: string;
  readonly discoveryUrl: string;
  readonly basic_auth: { readonly username: string; readonly password: string };
  /** Adds objects to the collection, as a feed's own people do. */
  add(objects: readonly object[]): Promise<void>;
}

const collection = '91a7b528-80eb-42ed-a74d-c6fbd5a26116';
const user = 'feed';
const password = 'feed-secret';

/** Flask's own server, which lets in only who has a certificate of our authority. */
const runner = `import json, ssl, sys
from medallion import application_instance as app, register_blueprints, set_config
from werkzeug.serving import run_simple
config = json.load(open(sys.argv[1]))
for part in ('users', 'taxii', 'backend'):
    set_config(app, part, config)
register_blueprints(app)
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
        manifest: [],
      },
    ],
    status: [],
  },
};

/** medallion, the reference server of TAXII 2.1, over TLS with client certificates and a user; not started yet. */
export async function createTaxiiServer(setup: TaxiiSetup): Promise<TaxiiServer> {
  const { dir, ca_file, server: own, client } = setup;
  const port = await freePort();
  const file = (name: string, content: string) => {
    writeFileSync(`${dir}/${name}`, content);
    return `${dir}/${name}`;
  };
  const backend = {
    module: 'medallion.backends.memory_backend',
    module_class: 'MemoryBackend',
    filename: file('taxii-data.json', JSON.stringify(data)),
  };
  const config = { backend, users: { [user]: password }, taxii: { max_page_size: 20 } };
  const url = `https://127.0.0.1:${port}`;
  const [cert, key, ca] = [client.cert_file, client.key_file, ca_file].map(path => readFileSync(path));
  const dispatcher = new Agent({ connect: { cert, key, ca } });
  const type = 'application/taxii+json;version=2.1';
  const headers = {
    accept: type,
    'content-type': type,
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  };
  const ask = async (path: string, objects?: readonly object[]): Promise<void> => {
    const sent = objects === undefined ? {} : { method: 'POST' as const, body: JSON.stringify({ objects }) };
    const answer = await request(`${url}${path}`, { dispatcher, headers, ...sent });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
  };
  const process = createServerProcess({
    command: `${home}/bin/python`,
    args: [
      file('taxii-server.py', runner),
      file('taxii-config.json', JSON.stringify(config)),
      String(port),
      ...[own.cert_file, own.key_file, ca_file],
    ],
    port,
    ready: async () => ask('/taxii2/').then(() => true),
    logFile: `${dir}/taxii.log`,
  });
  return {
    start: () => process.start(),
    stop: signal => process.stop(signal),
    signal: name => process.signal(name),
    ended: () => process.ended(),
    log: () => process.log(),
    url,
    rootUrl: `${url}/feeds/`,
    discoveryUrl: `${url}/taxii2/`,
    basic_auth: { username: user, password },
    add: objects => ask(`/feeds/collections/${collection}/objects/`, objects),
  };
}
