import { describe, expect, it } from 'vitest';
import { readStixObject } from '../../collectors/stix-indicator.ts';
import { readPattern } from '../../collectors/stix-pattern.ts';

const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

function shown(pattern: string): readonly string[] | string {
  const read = readPattern(pattern);
  return 'values' in read ? read.values.map(({ type, value }) => `${type} ${value}`) : read.refused;
}

describe('what a pattern of STIX 2.1 names', () => {
  it.each([
    ["[ipv4-addr:value = '198.51.100.7']", ['ipv4 198.51.100.7']],
    ["[ipv4-addr:value ISSUBSET '198.51.100.0/24']", ['ipv4 198.51.100.0/24']],
    ["[ipv6-addr:value = '2001:db8::7']", ['ipv6 2001:db8::7']],
    ["[network-traffic:dst_ref.value = '198.51.100.7']", ['ipv4 198.51.100.7']],
    ["[network-traffic:dst_ref.value = 'evil.example']", ['domain evil.example']],
    ["[domain-name:value IN ('a.example', 'b.example')]", ['domain a.example', 'domain b.example']],
    ["[url:value = 'http://a.example/it\\'s?q=\\\\']", ["url http://a.example/it's?q=\\"]],
    ["[email-addr:value='x@a.example']", ['email x@a.example']],
    [`[file:hashes.'SHA-256' = '${sha256}']`, [`hash ${sha256}`]],
    [
      `[file:hashes."SHA-256" = '${sha256}' OR file:hashes.MD5 = '${md5}']`,
      [`hash ${sha256}`, `hash ${md5}`],
    ],
    [
      "[domain-name:value = 'a.example'] OR [ipv4-addr:value = '198.51.100.7']",
      ['domain a.example', 'ipv4 198.51.100.7'],
    ],
    ["([domain-name:value = 'a.example'])", ['domain a.example']],
    // Of what must hold together that which tells most.
    [`[file:name = 'a.exe' AND file:hashes.MD5 = '${md5}']`, [`hash ${md5}`]],
    [
      "[domain-name:value = 'a.example' AND domain-name:resolves_to_refs[*].value = '198.51.100.7']",
      ['domain a.example'],
    ],
    ["[(file:size > 10 OR domain-name:value = 'a.example')]", ['domain a.example']],
  ])('%s', (pattern, values) => {
    expect(shown(pattern)).toEqual(values);
  });

  it.each([
    "[ipv4-addr:value = '198.51.100.7' AND network-traffic:dst_port = 80]",
    "[ipv4-addr:value = '198.51.100.7'] AND [domain-name:value = 'a.example']",
    "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']",
    "[domain-name:value = 'a.example'] REPEATS 5 TIMES WITHIN 60 SECONDS",
    "[domain-name:value LIKE '%.example']",
    "[domain-name:value NOT = 'a.example']",
    "[windows-registry-key:key = 'HKLM']",
    "[process:created > t'2026-01-01T00:00:00Z']",
  ])('says that lines cannot tell %s', pattern => {
    expect(shown(pattern)).toBe('unsupported_pattern');
  });

  it.each([
    '',
    'garbage',
    "[ipv4-addr:value = '198.51.100.7'",
    '[ipv4-addr:value = ]',
    "[ipv4-addr:value '198.51.100.7']",
    "[domain-name:value IN ('a.example' 'b.example')]",
    `${'('.repeat(10_000)}[`,
    `[${'('.repeat(10_000)}`,
    `[domain-name:value = '${"\\'".repeat(30_000)}`,
  ])('refuses what is no pattern: %.40s', pattern => {
    expect(shown(pattern)).toBe('invalid_pattern');
  });
});

describe('an object of a feed', () => {
  const object = {
    type: 'indicator',
    id: 'indicator--1',
    modified: '2026-11-01T00:00:00Z',
    pattern: "[domain-name:value = 'a.example']",
    pattern_type: 'stix',
    valid_from: '2026-10-01T00:00:00Z',
    valid_until: '2026-12-01T00:00:00Z',
    confidence: 85,
    labels: ['phishing'],
    indicator_types: ['malicious-activity'],
  };

  it('is read with its times, its confidence and its labels', () => {
    expect(readStixObject(object)).toEqual({
      update: {
        id: 'indicator--1',
        modified: Date.parse('2026-11-01T00:00:00Z'),
        revoked: false,
        from: Date.parse('2026-10-01T00:00:00Z'),
        until: Date.parse('2026-12-01T00:00:00Z'),
        confidence: 85,
        labels: ['phishing', 'malicious-activity'],
        values: [{ type: 'domain', value: 'a.example' }],
      },
    });
  });

  it('withdraws what it said before where it is revoked, benign, or cannot be read any more', () => {
    const changed = (more: object) => readStixObject({ ...object, ...more });
    expect(changed({ revoked: true }).update?.revoked).toBe(true);
    expect(changed({ indicator_types: ['benign'] }).update?.revoked).toBe(true);
    expect(changed({ pattern_type: 'yara' })).toMatchObject({
      update: { revoked: true },
      refused: { reason: 'pattern_type' },
    });
    expect(changed({ pattern: `[${'x'.repeat(70_000)}` }).refused?.reason).toBe('too_long');
  });

  it('is refused where it is none, and passed over where it is another thing', () => {
    for (const broken of [
      null,
      7,
      'x',
      [],
      {},
      { ...object, modified: 'soon' },
      { ...object, confidence: 101 },
    ])
      expect(readStixObject(broken).refused?.reason).toBe('invalid_object');
    expect(readStixObject({ type: 'malware' })).toEqual({});
  });
});
