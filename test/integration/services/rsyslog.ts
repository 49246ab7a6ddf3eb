import { spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { until } from '../loopback-server.ts';

/** Where rsyslog ships the lines that are appended to `input`. */
export interface RsyslogSetup {
  readonly dir: string;
  readonly input: string;
  readonly file: string;
  readonly kafka: { readonly broker: string; readonly topic: string };
  readonly elasticsearch: { readonly port: string; readonly index: string };
}

function config({ dir, input, file, kafka, elasticsearch }: RsyslogSetup): string {
  // A queue that is full drops what it cannot hold for two seconds: a server that is slow at first must not fill it.
  const patient = 'queue.type="linkedlist" queue.size="100000" action.resumeRetryCount="-1"';
  return `
global(workDirectory="${dir}/rsyslog")
module(load="imfile" mode="inotify") module(load="omkafka") module(load="omelasticsearch")
template(name="json" type="list" option.jsonf="on") {
  property(outname="@timestamp" name="timegenerated" dateFormat="rfc3339" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="severity" name="syslogseverity-text" format="jsonf")
  property(outname="message" name="msg" format="jsonf") }
template(name="plain" type="string" string="%msg%\\n")
template(name="index" type="string" string="${elasticsearch.index}")
input(type="imfile" File="${input}" Tag="app:" Severity="warning" Facility="local0")
action(type="omfile" file="${file}" template="plain")
action(type="omkafka" broker=["${kafka.broker}"] topic="${kafka.topic}" template="json" partitions.auto="on"
  confParam=["compression.codec=snappy", "queue.buffering.max.ms=50"] ${patient})
action(type="omelasticsearch" server="127.0.0.1" serverport="${elasticsearch.port}" template="json" searchIndex="index"
  dynSearchIndex="on" searchType="" bulkmode="on" ${patient})
`;
}

/** Starts a real rsyslog as a shipper; the answer ends it by its own pid. */
export async function startRsyslog(setup: RsyslogSetup): Promise<() => Promise<void>> {
  const { dir } = setup;
  mkdirSync(`${dir}/rsyslog`);
  writeFileSync(setup.input, '');
  writeFileSync(`${dir}/rsyslog.conf`, config(setup));
  const log = openSync(`${dir}/rsyslog.log`, 'a');
  const args = ['-n', '-f', `${dir}/rsyslog.conf`, '-i', `${dir}/rsyslog/pid`];
  const child = spawn('rsyslogd', args, { stdio: ['ignore', log, log] });
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()));
  await until('rsyslogd is started', () => child.pid !== undefined);
  return async () => {
    child.kill('SIGTERM');
    await gone;
  };
}
