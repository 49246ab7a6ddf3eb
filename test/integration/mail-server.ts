import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';
import type { Certificate } from '../certificates.ts';

/** One letter as the server got it. */
export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly encrypted: boolean;
  readonly user: string | undefined;
  /** Header fields in small letters, unfolded. */
  readonly headers: ReadonlyMap<string, string>;
  /** Its parts that are no containers, decoded. */
  readonly parts: readonly {
    readonly type: string;
    readonly name: string | undefined;
    readonly bytes: Buffer;
  }[];
}

/** What a mail server is to be like. */
export interface MailServerOptions {
  /** Without one there is no TLS. */
  readonly certificate?: Certificate;
  readonly login?: { readonly user: string; readonly password: string };
  /** Answers with a status for a recipient or for the letter, where it refuses them. */
  readonly refuses?: {
    readonly recipient?: (address: string) => number | undefined;
    readonly letter?: () => number | undefined;
  };
}

export interface MailServer {
  readonly smarthost: string;
  readonly letters: readonly Letter[];
  close(): Promise<void>;
}

function refusal(status: number): Error {
  return Object.assign(new Error('refused by the test'), { responseCode: status });
}

function headersOf(text: string): Map<string, string> {
  const lines = text.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n');
  return new Map(
    lines.map(
      line =>
        [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const,
    ),
  );
}

function decoded(body: string, encoding: string | undefined): Buffer {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding !== 'quoted-printable') return Buffer.from(body);
  const joined = body.replaceAll('=\r\n', '');
  return Buffer.from(
    joined.replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
}

/** The parts of a message (RFC 2046), containers opened. */
function partsOf(message: string): Letter['parts'] {
  const end = message.indexOf('\r\n\r\n');
  const headers = headersOf(message.slice(0, end));
  const body = message.slice(end + 4);
  const type = headers.get('content-type') ?? 'text/plain';
  const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
  if (boundary !== undefined)
    return body
      .split(`--${boundary}`)
      .slice(1, -1)
      .flatMap(part => partsOf(part.replace(/^\r\n/, '')));
  const name = /filename="?([^";]+)"?/.exec(headers.get('content-disposition') ?? '')?.[1];
  return [
    { type: type.split(';')[0]!, name, bytes: decoded(body, headers.get('content-transfer-encoding')) },
  ];
}

/** A real SMTP server on loopback. */
export async function createMailServer(options: MailServerOptions = {}): Promise<MailServer> {
  const { certificate, login, refuses } = options;
  const letters: Letter[] = [];
  const server = new SMTPServer({
    ...(certificate === undefined
      ? { hideSTARTTLS: true }
      : { cert: readFileSync(certificate.cert_file), key: readFileSync(certificate.key_file) }),
    authOptional: login === undefined,
    logger: false,
    onAuth({ username, password }, _session, done) {
      if (username === login?.user && password === login?.password) done(null, { user: username });
      else done(new Error(`no such login: ${password}`));
    },
    onRcptTo({ address }, _session, done) {
      const status = refuses?.recipient?.(address);
      done(status === undefined ? undefined : refusal(status));
    },
    onData(stream, { envelope, secure, user }, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const status = refuses?.letter?.();
        if (status !== undefined) return done(refusal(status));
        const message = Buffer.concat(chunks).toString('latin1');
        letters.push({
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          encrypted: secure,
          user,
          headers: headersOf(message.slice(0, message.indexOf('\r\n\r\n'))),
          parts: partsOf(message),
        });
        done();
      });
    },
  });
  // A client that breaks off is what some tests are about.
  server.on('error', () => undefined);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('no TCP port');
  return {
    smarthost: `localhost:${address.port}`,
    letters,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
