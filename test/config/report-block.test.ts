import { expect, it } from 'vitest';
import { redact } from '../../config/redact.ts';
import { reportBlock } from '../../config/report-block.ts';

const smtp = { smarthost: 'mail.example.com:587', from: 'foreshock@example.com', to: ['sre@example.com'] };

it('a report goes out Mondays at 8 as HTML and PDF, over TLS, unless it is told otherwise', () => {
  expect(reportBlock.parse({ smtp })).toMatchObject({
    schedule: '0 8 * * 1',
    formats: ['html', 'pdf'],
    smtp: { require_tls: true },
  });
});

it('the password of the mail server is not shown', () => {
  const given = reportBlock.parse({ smtp: { ...smtp, auth_username: 'f', auth_password: 'hunter2' } });
  expect(JSON.stringify(redact(given))).not.toContain('hunter2');
});

it.each(['sre@example.com', 'SRE Team <sre@example.com>', '"Lead, Ops" <lead@example.com>'])(
  'takes the address %s',
  address => {
    expect(reportBlock.parse({ smtp: { ...smtp, to: [address] } }).smtp!.to).toEqual([address]);
  },
);

it.each(['sre', 'a@b, c@d', 'a@b\r\nBcc: x@y', '<a@b> <c@d>'])('refuses %j for an address', address => {
  expect(reportBlock.safeParse({ smtp: { ...smtp, to: [address] } }).success).toBe(false);
});
