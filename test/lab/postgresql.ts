import { spawnSync } from 'node:child_process';
import { chownSync, readdirSync, readFileSync } from 'node:fs';

const debianFolder = '/usr/lib/postgresql';

/** The path of a program of the newest PostgreSQL that Debian installed; the bare name where there is none. */
export function postgresqlProgram(name: string): string {
  try {
    const versions = readdirSync(debianFolder)
      .map(Number)
      .sort((a, b) => b - a);
    return versions.length === 0 ? name : `${debianFolder}/${versions[0]}/bin/${name}`;
  } catch {
    return name;
  }
}

/** The numbers of a user in the system's list. */
function numbersOf(user: string): { readonly uid: number; readonly gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find(one => one.startsWith(`${user}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`there is no user ${user} to run PostgreSQL`);
  return { uid: Number(uid), gid: Number(gid) };
}

/** A command of PostgreSQL, which refuses to run as root: root drops to the user that Debian made for it. */
export function asPostgres(name: string, args: readonly string[]): readonly [string, readonly string[]] {
  const program = postgresqlProgram(name);
  if (process.getuid?.() !== 0) return [program, args];
  return ['setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', program, ...args]];
}

/** Makes an empty cluster in an empty folder, for a user `lab` without a password; throws with what initdb said. */
export function initCluster(dir: string): void {
  if (process.getuid?.() === 0) {
    const { uid, gid } = numbersOf('postgres');
    chownSync(dir, uid, gid);
  }
  const args = [
    '-D',
    `${dir}/data`,
    '-U',
    'lab',
    '-A',
    'trust',
    '--no-sync',
    '--wal-segsize=1',
    '--locale=C',
  ];
  const [command, all] = asPostgres('initdb', args);
  const { status, error, stderr } = spawnSync(command, all, { encoding: 'utf8', cwd: '/' });
  if (error) throw new Error(`the lab needs ${command}: ${error.message}`);
  if (status !== 0) throw new Error(`initdb failed: ${stderr}`);
}

/** The arguments of a small server on one port of loopback. */
export function serverArguments(dir: string, port: number): readonly string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    shared_buffers: '16MB',
    max_connections: '30',
    fsync: 'off',
    min_wal_size: '4MB',
    max_wal_size: '16MB',
    deadlock_timeout: '1s',
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  return ['-D', `${dir}/data`, '-p', String(port), ...options];
}

/** The statements that make the shop's tables. */
export const schema = `CREATE TABLE IF NOT EXISTS orders (id bigserial PRIMARY KEY, item int NOT NULL, cart int NOT NULL,
  note text NOT NULL, at timestamptz NOT NULL DEFAULT now())`;
