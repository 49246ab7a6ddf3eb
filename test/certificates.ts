import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM files of one certificate. */
export interface Certificate {
  readonly cert_file: string;
  readonly key_file: string;
}

/** A certificate authority of a test. */
export interface Authority {
  readonly ca_file: string;
  /** A certificate for clients and for servers of the given names (`DNS:x`, `IP:127.0.0.1`), valid for `days`. */
  issue(commonName: string, how?: { readonly names?: string; readonly days?: number }): Certificate;
}

const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** Makes an authority in `folder` with the `openssl` command; everything lives as long as the folder. */
export function createAuthority(folder: string, name: string): Authority {
  const path = (file: string) => join(folder, `${name}-${file}`);
  const [ca_file, ca_key] = [path('ca.pem'), path('ca.key')];
  openssl('req', '-x509', ...curve, '-days', '2', '-subj', `/CN=${name}`, '-keyout', ca_key, '-out', ca_file);
  return {
    ca_file,
    issue(commonName, { names, days = 1 } = {}) {
      const [cert_file, key_file] = [path(`${commonName}.pem`), path(`${commonName}.key`)];
      const [request, extensions] = [path(`${commonName}.csr`), path(`${commonName}.ext`)];
      writeFileSync(extensions, names === undefined ? '' : `subjectAltName=${names}\n`);
      openssl('req', ...curve, '-subj', `/CN=${commonName}`, '-keyout', key_file, '-out', request);
      const signer = ['-CA', ca_file, '-CAkey', ca_key, '-CAcreateserial', '-days', String(days)];
      openssl('x509', '-req', '-in', request, ...signer, '-extfile', extensions, '-out', cert_file);
      return { cert_file, key_file };
    },
  };
}
