import { createHash } from 'node:crypto';
import { secretFile } from '../clients/credentials.ts';
import { createTlsFiles } from '../clients/tls-files.ts';
import type { ReportBlock } from '../config/report-block.ts';
import { SourceError } from '../core/series.ts';
import type { MadeReport } from './report-making.ts';

/** A report as it is stored before it leaves. */
export interface ReadyReport extends MadeReport {
  /** The same at each attempt: the time that it was due, ISO 8601. */
  readonly key: string;
}

/** Who gets reports: made of the config, given each report once, again only while it refuses. */
export interface ReportTarget {
  readonly name: string;
  /** Resolves when the other side has it, else rejects with a SourceError. */
  deliver(report: ReadyReport, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

type Smtp = NonNullable<ReportBlock['smtp']>;

/** Longest silence of a mail server, ms. */
const patience = 60_000;

const fieldOf = (error: unknown, name: 'code' | 'responseCode' | 'response'): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;

/**
 * Says what failed without a secret: what a server answers to a login may repeat it. Wrong credentials are mended by a person, and
 * until then the report waits; a letter that is refused for good is not sent again.
 */
function failure(error: unknown, smarthost: string): SourceError {
  const code = String(fieldOf(error, 'code') ?? '');
  const status = Number(fieldOf(error, 'responseCode') ?? 0);
  const about = { cause: undefined };
  if (code === 'EAUTH' || code === 'ENOAUTH' || status === 535 || status === 530)
    return new SourceError(`${smarthost} did not accept the user name and password (${status || code})`, {
      retryable: true,
      ...about,
    });
  const answer = String(fieldOf(error, 'response') ?? '');
  const message = answer === '' ? (error instanceof Error ? error.message : String(error)) : answer;
  const isFinal = status >= 500 && status !== 503 && status !== 521 && code !== 'ECONNECTION';
  const words = message.slice(0, 200).replaceAll(/\s+/g, ' ').trim();
  return new SourceError(`${smarthost}: ${words}`, { retryable: !isFinal, ...about });
}

function placeOf(smarthost: string): { readonly host: string; readonly port: number } {
  const at = smarthost.lastIndexOf(':');
  return { host: smarthost.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(smarthost.slice(at + 1)) };
}

/** Stays the same over attempts, so that what a server took without an answer can be told as the same letter. */
function messageId(key: string, from: string): string {
  const domain = /@([^>\s]+)/.exec(from)?.[1] ?? 'foreshock.invalid';
  return `<capacity.${createHash('sha256').update(`${key}\n${from}`).digest('hex').slice(0, 32)}@${domain}>`;
}

async function transportFor(smtp: Smtp, material: ReturnType<ReturnType<typeof createTlsFiles>>) {
  const { host, port } = placeOf(smtp.smarthost);
  const pass = smtp.auth_password ?? (await secretFile(smtp.auth_password_file)) ?? '';
  const { createTransport } = await import('nodemailer');
  return createTransport({
    host,
    port,
    secure: port === 465,
    requireTLS: smtp.require_tls && port !== 465,
    tls: { servername: host, ...material },
    ...(smtp.auth_username === undefined ? {} : { auth: { user: smtp.auth_username, pass } }),
    connectionTimeout: patience,
    greetingTimeout: patience,
    socketTimeout: patience,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

/** Mails reports: the first page as the letter, the files attached. `warn` is told of recipients that were refused. */
export function createMailTarget(smtp: Smtp, warn: (message: string) => void): ReportTarget {
  const files = createTlsFiles(smtp.tls_config);
  const { smarthost, from, to } = smtp;
  return {
    name: 'smtp',
    async deliver({ key, mail, files: attached }, signal) {
      const transport = await transportFor(smtp, files());
      try {
        const { rejected = [] } = await transport.sendMail({
          ...{ from, to: [...to], ...mail },
          messageId: messageId(key, from),
          signal,
          headers: { 'Auto-Submitted': 'auto-generated' },
          attachments: attached.map(({ name, type, bytes }) => ({
            filename: name,
            contentType: type,
            content: Buffer.from(bytes),
          })),
        });
        if (rejected.length > 0)
          warn(`${smarthost} took the report, but refused ${rejected.length} of ${to.length} recipients`);
      } catch (error) {
        throw error instanceof SourceError ? error : failure(error, smarthost);
      } finally {
        transport.close();
      }
    },
    close: async () => undefined,
  };
}
