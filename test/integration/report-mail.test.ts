import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, afterEach, expect, it } from 'vitest';
import { renderReport } from '../../cli/report-files.ts';
import { createMailTarget, type ReadyReport, type ReportTarget } from '../../cli/report-mail.ts';
import { reportBlock } from '../../config/report-block.ts';
import { SourceError } from '../../core/series.ts';
import { reportJson } from '../../reports/json.ts';
import { reportMail } from '../../reports/mail.ts';
import { capacityReport } from '../../reports/report.ts';
import { createAuthority } from '../certificates.ts';
import { usualWeek } from '../reports/constructed.ts';
import { temporaryFolder } from './loopback-server.ts';
import { createMailServer, type MailServer, type MailServerOptions } from './mail-server.ts';

const dir = temporaryFolder('mail');
const authority = createAuthority(dir, 'mail');
const certificate = authority.issue('localhost', { names: 'DNS:localhost,IP:127.0.0.1' });
const tls_config = { ca_file: authority.ca_file };
const signal = new AbortController().signal;
const passwordFile = `${dir}/password`;
const login = { user: 'foreshock', password: 'hunter2-secret' };

let server: MailServer | undefined;
afterEach(() => server?.close());
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const report = capacityReport(usualWeek());
const files = await renderReport(report, ['html', 'pdf']);
const ready: ReadyReport = {
  key: '2026-11-30T07:00:00.000Z',
  mail: reportMail(report, files.map(({ name }) => name).join(', ')),
  files,
  json: reportJson(report),
};

async function targetFor(
  given: MailServerOptions,
  block: Readonly<Record<string, unknown>> = {},
  warnings: string[] = [],
): Promise<{ target: ReportTarget; server: MailServer }> {
  server = await createMailServer(given);
  const smtp = {
    smarthost: server.smarthost,
    from: 'Foreshock <foreshock@example.com>',
    to: ['sre@example.com', 'Ops Lead <lead@example.com>'],
    tls_config,
    ...block,
  };
  const { smtp: parsed } = reportBlock.parse({ smtp });
  return { target: createMailTarget(parsed!, message => void warnings.push(message)), server };
}

const withLogin = { auth_username: login.user, auth_password_file: passwordFile };

async function failureOf(target: ReportTarget): Promise<SourceError> {
  const error = await target.deliver(ready, signal).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof SourceError)) throw new Error(`no SourceError but ${String(error)}`);
  return error;
}

it('a report arrives over TLS with a login from a file: the first page as the letter, the rest attached', async () => {
  writeFileSync(passwordFile, `${login.password}\n`);
  const { target, server: mail } = await targetFor({ certificate, login }, withLogin);
  await target.deliver(ready, signal);
  const [letter] = mail.letters;
  expect(letter).toMatchObject({
    from: 'foreshock@example.com',
    to: ['sre@example.com', 'lead@example.com'],
    encrypted: true,
    user: login.user,
  });
  expect(letter!.headers.get('subject')).toContain('Capacity report, 30 November');
  expect(letter!.headers.get('auto-submitted')).toBe('auto-generated');
  const [text, html, page, pdf] = letter!.parts;
  expect(letter!.parts.map(({ type, name }) => name ?? type)).toEqual([
    'text/plain',
    'text/html',
    'foreshock-capacity-2026-11-30.html',
    'foreshock-capacity-2026-11-30.pdf',
  ]);
  for (const body of [text, html]) expect(body!.bytes.toString('utf8')).toContain('full on 8 December');
  expect(page!.bytes.equals(Buffer.from(files[0]!.bytes))).toBe(true);
  expect(pdf!.bytes.equals(Buffer.from(files[1]!.bytes))).toBe(true);
});

it('a second attempt is the same letter: its id does not change', async () => {
  const { target, server: mail } = await targetFor({ certificate });
  await target.deliver(ready, signal);
  await target.deliver(ready, signal);
  const ids = mail.letters.map(({ headers }) => headers.get('message-id'));
  expect(ids[0]).toMatch(/^<capacity\.[0-9a-f]{32}@example\.com>$/);
  expect(ids[1]).toBe(ids[0]);
});

it('a wrong password is told without it, and a mended one is taken up', async () => {
  writeFileSync(passwordFile, 'wrong-secret');
  const { target, server: mail } = await targetFor({ certificate, login }, withLogin);
  const failure = await failureOf(target);
  expect(failure).toMatchObject({
    retryable: true,
    message: expect.stringContaining('did not accept the user name and password'),
  });
  expect(`${failure.message}${String(failure.cause)}`).not.toContain('secret');
  writeFileSync(passwordFile, login.password);
  await target.deliver(ready, signal);
  expect(mail.letters).toHaveLength(1);
});

it('nothing is sent to a server that has no TLS, unless the config says so', async () => {
  const { target, server: mail } = await targetFor({});
  expect(await failureOf(target)).toMatchObject({ retryable: true });
  expect(mail.letters).toEqual([]);
  await mail.close();
  const { target: open, server: plain } = await targetFor({}, { require_tls: false });
  await open.deliver(ready, signal);
  expect(plain.letters[0]!.encrypted).toBe(false);
});

it('a certificate of nobody we trust ends it', async () => {
  const { target, server: mail } = await targetFor({ certificate }, { tls_config: {} });
  const failure = await failureOf(target);
  expect(failure.retryable).toBe(true);
  expect(failure.message).toMatch(/certificate/i);
  expect(mail.letters).toEqual([]);
});

it('a letter that is refused for good is not tried again, one that is put off is', async () => {
  let status = 552;
  const { target } = await targetFor({ certificate, refuses: { letter: () => status } });
  expect(await failureOf(target)).toMatchObject({
    retryable: false,
    message: expect.stringContaining('552'),
  });
  status = 451;
  expect(await failureOf(target)).toMatchObject({ retryable: true });
});

it('one refused recipient of two is told, and the other one is not mailed again', async () => {
  const warnings: string[] = [];
  const recipient = (address: string) => (address === 'lead@example.com' ? 550 : undefined);
  const { target, server: mail } = await targetFor({ certificate, refuses: { recipient } }, {}, warnings);
  await target.deliver(ready, signal);
  expect(mail.letters.map(({ to }) => to)).toEqual([['sre@example.com']]);
  expect(warnings).toEqual([`${mail.smarthost} took the report, but refused 1 of 2 recipients`]);
});

it('a server that is gone is tried again', async () => {
  const { target, server: mail } = await targetFor({ certificate });
  await mail.close();
  expect(await failureOf(target)).toMatchObject({ retryable: true });
  server = undefined;
});

it('a stop does not wait for a mail server that says nothing, and the report is sent later', async () => {
  const stopping = new AbortController();
  const silent = createServer(() => stopping.abort(new Error('foreshock stops'))).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const address = silent.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const { smtp } = reportBlock.parse({
    smtp: {
      ...{ smarthost: `127.0.0.1:${address.port}`, from: 'a@example.com', to: ['b@example.com'] },
      require_tls: false,
    },
  });
  const sent = createMailTarget(smtp!, () => undefined).deliver(ready, stopping.signal);
  await expect(sent).rejects.toMatchObject({ retryable: true });
  silent.close();
});
