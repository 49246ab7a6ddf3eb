import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Agent, request } from 'undici';
import { createServerProcess, freePort, type LoopbackServer } from '../loopback-server.ts';
import { installed } from './jars.ts';

/** An Elasticsearch of a test. */
export interface ElasticsearchServer extends LoopbackServer {
  /** The first user's credentials; undefined where nobody is asked for any. */
  readonly basic_auth: { readonly username: string; readonly password: string } | undefined;
  /** One request in JSON (or NDJSON text) of the test's own; rejects with the body of an answer that is no success. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
}

/** TLS files where it is to speak https, users where `secure`. */
export interface ElasticsearchSetup {
  readonly dir: string;
  readonly secure?: { readonly cert_file: string; readonly key_file: string; readonly ca: string };
}

const password = 'elastic-secret';
/** The server refuses to run as root; nobody may do it. */
const nobody = { uid: 65_534, gid: 65_534 };

function settings(dir: string, ports: { http: number; transport: number }, secure: boolean): string {
  const tls = secure
    ? {
        'xpack.security.http.ssl.enabled': true,
        'xpack.security.http.ssl.certificate': 'http.pem',
        'xpack.security.http.ssl.key': 'http.key',
      }
    : {};
  return Object.entries({
    'cluster.name': 'foreshock-tests',
    'path.data': `${dir}/data`,
    'path.logs': `${dir}/logs`,
    'network.host': '127.0.0.1',
    'http.port': ports.http,
    'transport.port': ports.transport,
    'discovery.type': 'single-node',
    'xpack.security.enabled': secure,
    'xpack.security.enrollment.enabled': false,
    'cluster.routing.allocation.disk.threshold_enabled': false,
    ...tls,
  })
    .map(([name, value]) => `${name}: ${value}\n`)
    .join('');
}

/** The config folder of one server: the installed one with our settings, and the first user's password where there is one. */
function configure(setup: ElasticsearchSetup, ports: { http: number; transport: number }): NodeJS.ProcessEnv {
  const { dir, secure } = setup;
  const home = `${dir}/elasticsearch`;
  const config = `${home}/config`;
  for (const folder of [home, `${home}/data`, `${home}/logs`, `${home}/tmp`]) mkdirSync(folder);
  cpSync(`${installed.elasticsearch}/config`, config, { recursive: true });
  writeFileSync(`${config}/elasticsearch.yml`, settings(home, ports, secure !== undefined));
  const jvm = [
    '-Xms512m',
    '-Xmx512m',
    '-XX:+UseSerialGC',
    '-XX:TieredStopAtLevel=1',
    `-Djava.io.tmpdir=${home}/tmp`,
  ];
  writeFileSync(`${config}/jvm.options`, jvm.map(option => `${option}\n`).join(''));
  if (secure !== undefined) {
    cpSync(secure.cert_file, `${config}/http.pem`);
    cpSync(secure.key_file, `${config}/http.key`);
  }
  giveAway(home);
  chmodSync(dir, 0o755);
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    ES_JAVA_HOME: javaHome(),
    ES_PATH_CONF: config,
    ES_TMPDIR: `${home}/tmp`,
    CLI_JAVA_OPTS: '-XX:TieredStopAtLevel=1',
  };
  if (secure !== undefined) {
    const keystore = `${installed.elasticsearch}/bin/elasticsearch-keystore`;
    execFileSync(keystore, ['create'], { ...asNobody(env), stdio: 'pipe' });
    execFileSync(keystore, ['add', '-x', 'bootstrap.password'], {
      ...asNobody(env),
      input: password,
      stdio: 'pipe',
    });
  }
  return env;
}

const root = process.getuid?.() === 0;
const asNobody = (env: NodeJS.ProcessEnv) => (root ? { env, ...nobody } : { env });

function giveAway(folder: string): void {
  if (!root) return;
  const all = [
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => `${folder}/${name}`),
  ];
  for (const each of all) chownSync(each, nobody.uid, nobody.gid);
}

/** The folder of the `java` command: Elasticsearch 8.19 would else look for one that it does not bring. */
function javaHome(): string {
  const java = execFileSync('sh', ['-c', 'command -v java'], { encoding: 'utf8' }).trim();
  return path.dirname(path.dirname(realpathSync(java)));
}

/** A real Elasticsearch 8 on free ports of loopback, not started yet; its indices stay in `dir` when it stops. */
export async function createElasticsearchServer(setup: ElasticsearchSetup): Promise<ElasticsearchServer> {
  const ports = { http: await freePort(), transport: await freePort() };
  const env = configure(setup, ports);
  const { secure } = setup;
  const basic_auth = secure === undefined ? undefined : { username: 'elastic', password };
  const scheme = secure === undefined ? 'http' : 'https';
  const agent = new Agent(secure === undefined ? {} : { connect: { ca: secure.ca } });
  const url = `${scheme}://127.0.0.1:${ports.http}`;
  const authorization =
    basic_auth === undefined
      ? {}
      : { authorization: `Basic ${Buffer.from(`elastic:${password}`).toString('base64')}` };
  const ask = async (method: string, where: string, body?: unknown): Promise<unknown> => {
    const ndjson = typeof body === 'string';
    const answer = await request(`${url}${where}`, {
      method: method === 'PUT' ? 'PUT' : method === 'POST' ? 'POST' : method === 'DELETE' ? 'DELETE' : 'GET',
      dispatcher: agent,
      headers: { 'content-type': ndjson ? 'application/x-ndjson' : 'application/json', ...authorization },
      ...(body === undefined ? {} : { body: ndjson ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${method} ${where}: ${answer.statusCode} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const server = createServerProcess({
    command: `${installed.elasticsearch}/bin/elasticsearch`,
    args: [],
    port: ports.http,
    ready: async () => (await ask('GET', '/_cluster/health?wait_for_status=yellow&timeout=2s')) !== undefined,
    logFile: `${setup.dir}/elasticsearch.log`,
    as: asNobody(env),
  });
  return {
    start: () => server.start(),
    stop: signal => server.stop(signal),
    signal: name => server.signal(name),
    ended: () => server.ended(),
    log: () => server.log(),
    url,
    basic_auth,
    ask,
  };
}
