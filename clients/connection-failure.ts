const trust = 'its certificate is not signed by an authority that we trust: tls_config.ca_file names one';
const client = 'it wants a client certificate: tls_config.cert_file and key_file give one';
const refused = 'it refuses our client certificate (tls_config.cert_file)';

/** By the code of the error: Node's names of X.509 errors, OpenSSL's names of TLS alerts. */
const words: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: trust,
  SELF_SIGNED_CERT_IN_CHAIN: trust,
  UNABLE_TO_GET_ISSUER_CERT: trust,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: trust,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: trust,
  CERT_SIGNATURE_FAILURE: trust,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is for another name than the one asked for: tls_config.server_name sets it',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: client,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: client,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: refused,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: refused,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: `${refused}: it has expired`,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: refused,
  ERR_SSL_TLSV1_ALERT_DECRYPT_ERROR: refused,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'it speaks another version of TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: is the url http instead of https?',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'it closed the connection',
  EPIPE: 'it closed the connection',
  UND_ERR_SOCKET: 'it closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the name cannot be looked up now',
};

/** Why a request got no answer, in words that say what would help; the code follows for who searches for it. */
export function connectionFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // One host may have several addresses, each with an error of its own.
  if (error instanceof AggregateError && error.errors.length > 0) return connectionFailure(error.errors[0]);
  const known = words[code];
  if (known !== undefined) return `${known} (${code})`;
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return `TLS failed (${alertOf(error) ?? code})`;
  return code === '' ? error.message : `${error.message} (${code})`;
}

/** OpenSSL's text of an error without its addresses and source files. */
function alertOf(error: Error): string | undefined {
  return /SSL routines:[^:]*:([^:]+):/.exec(error.message)?.[1];
}
