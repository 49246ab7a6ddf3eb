import path from 'node:path';
import { createPost } from '../alerts/receivers/post.ts';
import { createHttpClient } from '../collectors/http-client.ts';
import type { ReportBlock } from '../config/report-block.ts';
import { SourceError } from '../core/series.ts';
import { writeBytes } from './files.ts';
import { createMailTarget, type ReportTarget } from './report-mail.ts';

/** Posts `text` as chats take it, and the whole report; the other side drops a repeated one by its Idempotency-Key. */
function createWebhookTarget({ url, timeout, ...access }: NonNullable<ReportBlock['webhook']>): ReportTarget {
  const client = createHttpClient(access);
  const post = createPost({ url, timeout }, client);
  return {
    name: 'webhook',
    async deliver({ key, mail, json }, signal) {
      const report: unknown = JSON.parse(json);
      const text = `${mail.subject}\n\n${mail.text}`;
      const idempotency = Buffer.from(`capacity ${key}`).toString('base64url');
      await post({ text, report }, { 'idempotency-key': idempotency }, signal);
    },
    close: () => client.close(),
  };
}

/** Puts the files into a folder, each whole or not at all. */
function createFolderTarget(folder: string): ReportTarget {
  return {
    name: 'folder',
    async deliver({ files }) {
      try {
        for (const { name, bytes } of files) writeBytes(path.join(folder, name), bytes);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw new SourceError(message, { retryable: true, cause });
      }
    },
    close: async () => undefined,
  };
}

/** Everybody whom a config names for its reports. */
export function createReportTargets(
  { smtp, webhook, folder }: Pick<ReportBlock, 'smtp' | 'webhook' | 'folder'>,
  warn: (message: string) => void,
): readonly ReportTarget[] {
  return [
    ...(smtp === undefined ? [] : [createMailTarget(smtp, warn)]),
    ...(webhook === undefined ? [] : [createWebhookTarget(webhook)]),
    ...(folder === undefined ? [] : [createFolderTarget(folder)]),
  ];
}
