import { readFileSync, statSync } from 'node:fs';
import type { Server as TlsServer } from 'node:tls';
import { createSecureContext, type SecureContextOptions, type TlsOptions } from 'node:tls';
import type { WebConfig } from './web-config.ts';

type TlsConfig = NonNullable<WebConfig['tls_server_config']>;

/** Node's TLS options for a checked config, undefined when it asks for plain HTTP. Throws an Error that names a file that is missing or no use. */
export function tlsOptions(config: WebConfig): TlsOptions | undefined {
  const tls = config.tls_server_config;
  if (tls === undefined) return undefined;
  const type = tls.client_auth_type;
  return {
    ...materialOf(tls),
    requestCert: type !== 'NoClientCert',
    rejectUnauthorized: type === 'RequireAndVerifyClientCert',
  };
}

/** Takes up certificates that changed on disk with the next connection; while a rotation is half done the old ones stay. */
export function followCertificates(server: TlsServer, config: WebConfig): void {
  const tls = config.tls_server_config;
  if (tls === undefined) return;
  let stamp = stampOf(tls);
  // Before the listener that begins the handshake.
  server.prependListener('connection', () => {
    const now = stampOf(tls);
    if (now === undefined || now === stamp) return;
    try {
      server.setSecureContext(materialOf(tls));
      stamp = now;
    } catch {
      // The other half will come: the next connection looks again.
    }
  });
}

function filesOf(tls: TlsConfig): string[] {
  return [tls.cert_file, tls.key_file, ...(tls.client_ca_file === undefined ? [] : [tls.client_ca_file])];
}

function stampOf(tls: TlsConfig): string | undefined {
  try {
    return filesOf(tls)
      .map(file => {
        const { ino, mtimeNs, size } = statSync(file, { bigint: true });
        return `${ino} ${mtimeNs} ${size}`;
      })
      .join('\n');
  } catch {
    return undefined;
  }
}

const versions = { TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;

function materialOf(tls: TlsConfig): SecureContextOptions {
  const material: SecureContextOptions = {
    cert: readFileSync(tls.cert_file),
    key: readFileSync(tls.key_file),
    minVersion: versions[tls.min_version],
    maxVersion: versions[tls.max_version],
    ...(tls.client_ca_file === undefined ? {} : { ca: readFileSync(tls.client_ca_file) }),
  };
  try {
    createSecureContext(material);
  } catch {
    throw new Error(
      `${filesOf(tls).join(', ')}: no PEM certificate and key, or the key belongs to another certificate`,
    );
  }
  return material;
}
