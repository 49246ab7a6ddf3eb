import { TLSSocket } from 'node:tls';
import type { WebConfig } from './web-config.ts';

/** How a client's certificate stands after the handshake; `names` are its subject alternative names. */
export interface ClientCertificate {
  readonly given: boolean;
  readonly authorized: boolean;
  readonly names: readonly string[];
}

/** The certificate that came over a socket, also through HTTP/2. */
export function certificateOf(socket: unknown): ClientCertificate {
  if (!(socket instanceof TLSSocket)) return { given: false, authorized: false, names: [] };
  const certificate = socket.getPeerCertificate();
  const given = Object.keys(certificate).length > 0;
  // A name that holds a comma is quoted by Node, so that none can pass for two.
  const names = (certificate.subjectaltname ?? '')
    .split(', ')
    .map(name => /^(?:DNS|IP Address|URI|email):(.+)$/.exec(name)?.[1])
    .filter(name => name !== undefined);
  return { given, authorized: socket.authorized, names };
}

/** What Node's handshake cannot express: true when the config lets a client with this certificate in. */
export function admitsClient(config: WebConfig, client: ClientCertificate): boolean {
  const { client_auth_type: type = 'NoClientCert', client_allowed_sans: allowed = [] } =
    config.tls_server_config ?? {};
  if (type === 'RequireAnyClientCert') return client.given;
  if (type === 'VerifyClientCertIfGiven') return !client.given || client.authorized;
  return allowed.length === 0 || client.names.some(name => allowed.includes(name));
}
