import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { HttpAccess } from '../core/http-access.ts';
import { SourceError } from '../core/series.ts';

/** What a TLS connection is made with, as Node and undici name it. */
export interface TlsMaterial {
  readonly rejectUnauthorized: boolean;
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly servername?: string;
}

/** The material of a `tls_config`; asked before each request, it answers the same object until a file has changed. */
export type TlsFiles = () => TlsMaterial;

type TlsConfig = HttpAccess['tls_config'];

/**
 * Reads the files of a `tls_config` now and again when one of them changes. While a rotation is half done (a key that
 * does not belong to the certificate, a file away) the last good material stays. Throws a retryable SourceError that
 * names the file while there was none yet.
 */
export function createTlsFiles(tls: TlsConfig): TlsFiles {
  let stamp = '';
  let material: TlsMaterial | undefined;
  return () => {
    try {
      const now = stampOf(tls);
      if (material === undefined || now !== stamp) {
        material = readMaterial(tls);
        stamp = now;
      }
    } catch (error) {
      if (material === undefined) throw error;
    }
    return material;
  };
}

function filesOf(tls: TlsConfig): string[] {
  return [tls?.ca_file, tls?.cert_file, tls?.key_file].filter(file => file !== undefined);
}

/** Changes with the content of a file, and with the file that a link (a mounted secret) leads to. */
function stampOf(tls: TlsConfig): string {
  return filesOf(tls)
    .map(file => {
      const { ino, mtimeNs, size } = readable(file, () => statSync(file, { bigint: true }));
      return `${ino} ${mtimeNs} ${size}`;
    })
    .join('\n');
}

function readMaterial(tls: TlsConfig): TlsMaterial {
  const read = (file: string) => readable(file, () => readFileSync(file));
  const material = {
    rejectUnauthorized: tls?.insecure_skip_verify !== true,
    ...(tls?.ca_file === undefined ? {} : { ca: read(tls.ca_file) }),
    ...(tls?.cert_file === undefined ? {} : { cert: read(tls.cert_file) }),
    ...(tls?.key_file === undefined ? {} : { key: read(tls.key_file) }),
    ...(tls?.server_name === undefined ? {} : { servername: tls.server_name }),
  };
  try {
    createSecureContext(material);
  } catch (cause) {
    const names = filesOf(tls).join(', ');
    const why = 'they are no PEM certificates and key, or the key belongs to another certificate';
    throw new SourceError(`tls_config: cannot use ${names}: ${why}`, { retryable: true, cause });
  }
  return material;
}

function readable<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new SourceError(`tls_config: cannot read ${file}`, { retryable: true, cause });
  }
}
