import { spawnSync } from 'node:child_process';
import { postgresqlProgram } from './postgresql.ts';

const commands: Readonly<Record<string, readonly [string, string]>> = {
  prometheus: ['prometheus', '--version'],
  alertmanager: ['prometheus-alertmanager', '--version'],
  node_exporter: ['prometheus-node-exporter', '--version'],
  redis: ['redis-server', '--version'],
  nginx: ['nginx', '-v'],
  postgresql: [postgresqlProgram('postgres'), '--version'],
  postgres_exporter: ['prometheus-postgres-exporter', '--version'],
};

/** The version of each server that the lab starts; throws with the command that is not installed. */
export function serverVersions(): Record<string, string> {
  return Object.fromEntries(Object.entries(commands).map(([name, command]) => [name, version(command)]));
}

function version([command, flag]: readonly [string, string]): string {
  const { error, stdout, stderr } = spawnSync(command, [flag], { encoding: 'utf8' });
  if (error) throw new Error(`the lab needs ${command}: ${error.message}`);
  return (
    /(?:version |v=|nginx\/|\(PostgreSQL\) )(\d+(?:\.\d+)+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown'
  );
}
