import { execFileSync, spawn } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { createAuthority } from '../../certificates.ts';
import { createServerProcess, freePort, type LoopbackServer } from '../loopback-server.ts';
import { installed } from './jars.ts';

/** A broker of a test: one node, with a plain listener and one for SASL over TLS. */
export interface KafkaServer extends Omit<LoopbackServer, 'url'> {
  /** host:port without TLS and without users. */
  readonly plain: string;
  /** host:port with TLS and SASL: SCRAM-SHA-256, SCRAM-SHA-512, PLAIN. */
  readonly secure: string;
  readonly ca_file: string;
  readonly user: { readonly username: string; readonly password: string };
  /** Sends lines with the command `kcat`, one message a line; further arguments are kcat's (`-z`, `-X`, `-k`). */
  produce(topic: string, lines: Iterable<string>, ...args: readonly string[]): Promise<void>;
}

const user = { username: 'alice', password: 'alice-secret' };
const heap = ['-Xms128m', '-Xmx384m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
const classPath = ['-cp', `${installed.kafka}/*`];

interface Listeners {
  readonly dir: string;
  readonly plain: number;
  readonly secure: number;
  readonly controller: number;
  readonly keystore: string;
}

function properties({ dir, plain, secure, controller, keystore }: Listeners): string {
  const module = (name: string, rest = '') =>
    `org.apache.kafka.common.security.${name.toLowerCase()}.${name}LoginModule required${rest};`;
  const { username, password } = user;
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    listeners: `PLAINTEXT://127.0.0.1:${plain},CONTROLLER://127.0.0.1:${controller},SASL_SSL://127.0.0.1:${secure}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${plain},SASL_SSL://127.0.0.1:${secure}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL',
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-256,SCRAM-SHA-512,PLAIN',
    'listener.name.sasl_ssl.plain.sasl.jaas.config': module('Plain', ` user_${username}="${password}"`),
    'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': module('Scram'),
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': module('Scram'),
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keystore,
    'log.dirs': `${dir}/kafka-data`,
    'num.partitions': 3,
    'message.max.bytes': 16_000_000,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 1,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.num.partitions': 1,
    'transaction.state.log.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    // A reader that was killed is forgotten soon, so that the next one need not wait for its session.
    'group.min.session.timeout.ms': 500,
    'log.retention.check.interval.ms': 1000,
    'auto.create.topics.enable': true,
  })
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.end());
  });
}

function kcat(args: readonly string[], lines: Iterable<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('kcat', args, { stdio: ['pipe', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', chunk => {
      said += chunk;
    });
    child.once('error', reject);
    child.once('close', code => (code === 0 ? resolve() : reject(new Error(`kcat: ${said}`))));
    for (const line of lines) child.stdin.write(`${line}\n`);
    child.stdin.end();
  });
}

/** A real Kafka broker on free ports of loopback, not started yet; its topics stay in `dir` when it stops. */
export async function createKafkaServer(dir: string): Promise<KafkaServer> {
  const [plain, secure, controller] = [await freePort(), await freePort(), await freePort()];
  const authority = createAuthority(dir, 'kafka');
  const certificate = authority.issue('broker', { names: 'IP:127.0.0.1,DNS:localhost' });
  const keystore = `${dir}/broker-keystore.pem`;
  writeFileSync(
    keystore,
    readFileSync(certificate.key_file, 'utf8') + readFileSync(certificate.cert_file, 'utf8'),
  );
  const config = `${dir}/kafka.properties`;
  writeFileSync(config, properties({ dir, plain, secure, controller, keystore }));
  rmSync(`${dir}/kafka-data`, { recursive: true, force: true });
  const scram = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap(mechanism => [
    '--add-scram',
    `${mechanism}=[name=${user.username},password=${user.password}]`,
  ]);
  const format = ['kafka.tools.StorageTool', 'format', '-t', 'Zm9yZXNob2NrLXRlc3RzMQ', '-c', config];
  execFileSync('java', [...heap, ...classPath, ...format, ...scram], { stdio: 'pipe' });
  const server = createServerProcess({
    command: 'java',
    args: [...heap, ...classPath, 'kafka.Kafka', config],
    port: plain,
    ready: async () => (await listens(plain)) && (await listens(secure)),
    logFile: `${dir}/kafka.log`,
  });
  return {
    start: () => server.start(),
    stop: signal => server.stop(signal),
    signal: name => server.signal(name),
    ended: () => server.ended(),
    log: () => server.log(),
    plain: `127.0.0.1:${plain}`,
    secure: `127.0.0.1:${secure}`,
    ca_file: authority.ca_file,
    user,
    produce: (topic, lines, ...args) => kcat(['-P', '-b', `127.0.0.1:${plain}`, '-t', topic, ...args], lines),
  };
}
