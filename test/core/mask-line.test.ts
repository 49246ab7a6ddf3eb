import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskLine } from '../../core/mask-line.ts';

// Put together here, so that no scanner of secrets takes them for real ones.
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P'].join(
  '.',
);
const aws = `AKIA${'IOSFODNN7EXAMPLE'}`;
const github = `ghp_${'a1B2c3D4'.repeat(5)}`;
const slack = `xoxb-${'123456789012-abcdefGHIJKL'}`;
const google = `AIza${'SyA1234567890abcdefghijklmnopqrstuv'}`;
const privateKey = `-----BEGIN RSA ${'PRIVATE KEY'}-----\nMIIEpAIBAAKCAQEA\nabc+/=\n-----END RSA ${'PRIVATE KEY'}-----`;

function table(rows: readonly (readonly [string, string])[]): void {
  for (const [line, shown] of rows)
    it(JSON.stringify(line.slice(0, 90)), () => expect(maskLine(line)).toBe(shown));
}

describe('secrets in key and value are hidden', () => {
  table([
    ['login user=bob password=hunter2 from web', 'login user=bob password=<secret> from web'],
    ['DB_PASSWORD="two words, one \\" quote" next=1', 'DB_PASSWORD="<secret>" next=1'],
    ["passwd: 's3cr3t word', retry", "passwd: '<secret>', retry"],
    ['{"user":"bob","password":"a\\"b","n":1}', '{"user":"bob","password":"<secret>","n":1}'],
    [
      'body={\\"refreshToken\\":\\"abc def\\",\\"n\\":1}',
      'body={\\"refreshToken\\":\\"<secret>\\",\\"n\\":1}',
    ],
    ['{"api_key": 12345, "x": 2}', '{"api_key": <secret>, "x": 2}'],
    ['GET /cb?access_token=abc.def&user=7 200', 'GET /cb?access_token=<secret>&user=7 200'],
    ['GET /maps?key=abcdef&sig=Zm9v&q=x', 'GET /maps?key=<secret>&sig=<secret>&q=x'],
    ['X-Api-Key: 0a1b2c3d', 'X-Api-Key: <secret>'],
    ['clientSecret => zzz, id => 4', 'clientSecret => <secret>, id => 4'],
    ['password=a,b;c&d rest', 'password=<secret> rest'],
    ['password=abc,user=bob', 'password=<secret>,user=bob'],
    ['secret=abc', 'secret=<secret>'],
    ['<Password>abc</Password>', '<Password><secret></Password>'],
    ['mysqldump --password hunter2 --host db', 'mysqldump --password <secret> --host db'],
    ['curl --api-key=abc', 'curl --api-key=<secret>'],
    ['token: Bearer abcdef', 'token: <secret>'],
    ['PHPSESSID=9f8e7d; JSESSIONID=1A2B', 'PHPSESSID=<secret>; JSESSIONID=<secret>'],
    ['aws_secret_access_key = wJalr/XUtn+FEMI', 'aws_secret_access_key = <secret>'],
    ['password="cut before its en', 'password="<secret>'],
  ]);
});

describe('headers and addresses with secrets in them are hidden', () => {
  table([
    ['Authorization: Bearer abc.def-ghi', 'Authorization: Bearer <secret>'],
    ['authorization=Basic dXNlcjpwYXNz, next', 'authorization=Basic <secret>, next'],
    ['{"Authorization":"Bearer abc","a":1}', '{"Authorization":"Bearer <secret>","a":1}'],
    ['Authorization: Digest username="Mufasa", response="6629"', 'Authorization: Digest <secret>'],
    ['Proxy-Authorization: abcdef', 'Proxy-Authorization: <secret>'],
    ['sent bearer A1b2C3d4E5 to peer', 'sent bearer <secret> to peer'],
    ['Cookie: sid=abc; theme=dark; x', 'Cookie: <secret>'],
    ['Set-Cookie: id=a3fWa; Max-Age=2592000', 'Set-Cookie: <secret>'],
    ['{"cookie":"sid=abc; b=c","n":1}', '{"cookie":"<secret>","n":1}'],
    ['dial postgres://app:p@ssw@db:5432/x', 'dial postgres://<secret>@db:5432/x'],
    ['dial postgres://u:p@h', 'dial postgres://<secret>@h'],
    ['redis://:hunter2@cache:6379/0', 'redis://<secret>@cache:6379/0'],
    ['clone https://0123456789abcdef0123@host/x', 'clone https://<secret>@host/x'],
  ]);
});

describe('tokens are known by their shape', () => {
  table([
    [`got ${jwt} from idp`, 'got <token> from idp'],
    [`user ${aws} denied`, 'user <token> denied'],
    [`remote: ${github}`, 'remote: <token>'],
    [`slack ${slack}!`, 'slack <token>!'],
    [`maps ${google}`, 'maps <token>'],
    [`load ${privateKey} done`, 'load <private key> done'],
    [`load ${privateKey.slice(0, 50)}`, 'load <private key>'],
  ]);
});

describe('personal data is hidden', () => {
  table([
    ['mail to jane.doe+x@example.co.uk bounced', 'mail to <email> bounced'],
    ['für jörg@bücher.example, ok', 'für <email>, ok'],
    ['GET /u?mail=jane%40example.com', 'GET /u?mail=<email>'],
    ['paid with 4111 1111 1111 1111 ok', 'paid with <card> ok'],
    ['paid with 4111111111111111.', 'paid with <card>.'],
    ['amex 3782-822463-10005', 'amex <card>'],
    ['iban DE89 3704 0044 0532 0130 00', 'iban <iban>'],
    ['iban GB82WEST12345698765432,', 'iban <iban>,'],
    ['call +49 151 23456789 now', 'call <phone> now'],
    ['call (555) 123-4567 or 555-123-4567', 'call <phone> or <phone>'],
    ['phone=5551234567 ok', 'phone=<phone> ok'],
    ['ssn 078-05-1120', 'ssn <ssn>'],
  ]);
});

describe('what an engineer looks for stays readable', () => {
  const plain = [
    '2024-05-01T12:00:00.123456+02:00 INFO 081109 203615 148 started',
    '2024-05-01 12:00:00,123 [main] 1714564800123 1714564800123456 1714564800123456789',
    'Receiving block blk_-1608999687919862906 src: /10.250.19.102:54106',
    'blk_4111111111111111 replicated',
    'trace 4bf92f3577b34da6a3ce929d0e0e4736 span 00f067aa0ba902b7',
    'request 123e4567-e89b-12d3-a456-426614174000 took 12.5ms',
    'node v20.20.2, kernel 5.15.0-1051-aws, image app@sha256:9f86d081884c7d65',
    'Failed password for invalid user admin from 10.0.0.1 port 4321 ssh2',
    'token_count=512 max_tokens=4096 tokens=17 tokenizer=bpe secretary=anna',
    'password=null token: undefined secret=*** api_key=""',
    'Basic authentication failed; Bearer authentication required',
    'www-authenticate: Bearer realm="api"',
    'Started getty@tty1.service and user@1000.service',
    'tests pass=12 fail=3, cookie: not found, key=user:42 partition_key=7',
    'PWD changed, passing 5 of 6, 4 5 3 9 1 4 8 8 0 3 4 3 6 4 6 7',
    'order 4111111111111112 of 1234567812345670',
    'DE12 IS NOT AN IBAN, AB12CDEF34567890 neither',
    'diff -1,200 +1,200 at +12345, ratio 1.234567890123456',
    'at com.example.Foo$Bar.baz(Foo.java:42) ~[app-1.2.3.jar:?]',
    'https://git@github.com/org/repo.git and http://host:8080/a:b@c',
  ];
  for (const line of plain) it(line, () => expect(maskLine(line)).toBe(line));
});

describe('addresses of the network', () => {
  const line =
    'from 10.250.19.102:54106 and fe80::1ff:fe23:4567:890a at 12:34:56, version 1.2.3.4.5, ns a::b::c';
  it('stay by default', () => expect(maskLine(line)).toBe(line));
  it('are hidden on request', () =>
    expect(maskLine(line, { ips: true })).toBe(
      'from <ip>:54106 and <ip> at 12:34:56, version 1.2.3.4.5, ns a::b::c',
    ));
});

describe('long lines', () => {
  it('are cut with an ellipsis, never longer than the limit', () => {
    expect(maskLine('a'.repeat(600))).toBe(`${'a'.repeat(499)}…`);
    expect(maskLine('abcdef', { limit: 4 })).toBe('abc…');
    expect(maskLine('abcd', { limit: 4 })).toBe('abcd');
  });

  it('hide a secret that reaches over the limit, and cut no mark in two', () => {
    for (let limit = 10; limit < 60; limit++) {
      const shown = maskLine(`user logs in password=${'hunter2'.repeat(400)}`, { limit });
      expect(shown).not.toContain('hunter');
      expect(shown).toMatch(/^[^<]*(<secret>)?…?$/);
    }
  });

  it('leave nothing of a secret that what is looked at cuts', () => {
    const masked = Array.from({ length: 300 }, (_, i) => `password=${i}aaaaaaaaaaaaaa`).join(' ');
    for (let shift = 0; shift < 40; shift++)
      expect(maskLine(`${'x'.repeat(shift)} ${masked} jane.doe@example.com`, { limit: 3000 })).not.toMatch(
        /\daaa|jane/,
      );
  });

  it('do not cut a pair of surrogates', () => {
    expect(maskLine('😀😀😀', { limit: 4 })).toBe('😀…');
  });
});

describe('whatever the text', () => {
  const piece = fc.constantFrom(
    ...[
      'password=',
      '"',
      "'",
      '\\"',
      '=',
      ':',
      '://',
      '@',
      ' ',
      'a',
      '1',
      '4111111111111111',
      '<secret>',
      '.',
      '-',
      '+',
    ],
    ...[
      'Authorization: ',
      'Bearer ',
      'Cookie: a=b',
      ';',
      ',',
      '&',
      'x@y.zz',
      'eyJ',
      '\n',
      '-----BEGIN PRIVATE KEY-----',
      '…',
    ],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(piece, { maxLength: 40 }).map(p => p.join('')),
  );

  it('masking twice is masking once, and the result keeps its limit', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, ips) => {
        const once = maskLine(text, { ips, limit: 300 });
        expect(maskLine(once, { ips, limit: 300 })).toBe(once);
        expect(once.length).toBeLessThanOrEqual(300);
      }),
      { numRuns: 3000 },
    );
  });

  it('a password is never shown, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a ', '{', '"', 'x=1 ', '?', 'url ', '\n', '(', ', '), { maxLength: 12 }),
        parts => {
          expect(maskLine(`${parts.join('')} password=Xyzzy42 `)).not.toContain('Xyzzy42');
          expect(maskLine(`${parts.join('')} {"password":"Xyzzy42"}`)).not.toContain('Xyzzy42');
        },
      ),
    );
  });
});

describe('hostile lines of a million letters are done with in linear time (a quadratic rule would not end)', () => {
  const hostile = [
    'a',
    'a@',
    'a.',
    '1 ',
    '4',
    '://',
    'password=',
    '"\\',
    'a,',
    ':',
    'eyJa.',
    '+1 ',
    'AB12 ',
    '--token ',
  ];
  for (const part of [
    ...hostile,
    '-----BEGIN PRIVATE KEY-----',
    'Cookie: a=b;',
    'authorization: digest ',
    'é',
    '\ud83d',
  ])
    it(JSON.stringify(part), () => {
      const text = part.repeat(1e6 / part.length);
      expect(maskLine(text, { limit: text.length, ips: true }).length).toBeLessThanOrEqual(text.length);
    });
});
