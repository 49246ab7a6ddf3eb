import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { auditFromJson } from '../../cli/audit-lines.ts';
import { checkAudit } from '../../core/audit.ts';
import { auditProof, publicKeyFile } from '../../store/audit-key.ts';
import { openStore } from '../../store/sqlite.ts';
import { pdfPages } from '../pdf-text.ts';
import { foreshock, temporaryFolder } from './command.ts';

const t0 = Date.UTC(2026, 2, 1, 10);
const hour = 3_600_000;

/** A config whose store has a log: the key, then an entry each hour from 10:00 on. */
function storedLog(entries: number) {
  const folder = temporaryFolder();
  const state = path.join(folder, 'state');
  const config = path.join(folder, 'c.yaml');
  writeFileSync(
    config,
    `prometheus: {url: "http://127.0.0.1:9"}\npacks: [service]\nstorage: {path: ${state}}\n`,
  );
  const store = openStore(state);
  for (let k = 0; k < entries; k++)
    store.audit.append([
      {
        at: t0 + k * hour,
        actor: 'ann',
        action: 'incident-noted',
        message: k === 1 ? '=HYPERLINK("x"), "quoted"\nand a second line' : `note ${k}`,
        details: { incident: 'a-1' },
      },
    ]);
  store.close();
  const at = (name: string) => path.join(folder, name);
  const audit = (verb: string, ...more: string[]) => foreshock(['audit', verb, ...more]);
  return { folder, state, config, at, audit };
}

/** Changes the database as somebody would who cannot sign. */
function tamper(state: string, sql: string): void {
  const db = new Database(path.join(state, 'foreshock.db'));
  db.exec(sql);
  db.close();
}

describe('audit verify', () => {
  it('says how many entries fit and what the last one is, also while the store is open', () => {
    const { config, state, audit } = storedLog(3);
    const daemon = openStore(state);
    const { code, stdout, stderr } = audit('verify', '--config', config);
    daemon.close();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^4 entries fit, 1 to 4; hash of the last: [0-9a-f]{64}\n$/);
  });

  it.each([
    ["UPDATE audit SET entry = replace(entry, 'ann', 'bob') WHERE number = 3", 3, /hash fits not/],
    ['DELETE FROM audit WHERE number = 2', 2, /missing/],
    ['DELETE FROM audit WHERE number > 2', 3, /the log goes to entry 4, here it ends at 2/],
    ['DELETE FROM audit_head', 4, /no signed end/],
    ['UPDATE audit SET signature = (SELECT signature FROM audit WHERE number = 1)', 2, /signature/],
  ])('after "%s" it names entry %i and exits with 1', (sql, number, why) => {
    const { config, state, audit } = storedLog(3);
    tamper(state, sql);
    const { code, stdout } = audit('verify', '--config', config);
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^entry ${number} does not fit: `));
    expect(stdout).toMatch(why);
  });

  it('finds that a whole log was begun anew, when a hash of it is known from outside', () => {
    const { config, audit } = storedLog(3);
    const hash = /[0-9a-f]{64}/.exec(audit('verify', '--config', config).stdout)?.[0] ?? '';
    expect(audit('verify', '--config', config, '--known', hash).code).toBe(0);
    const other = storedLog(3);
    const { code, stdout } = audit('verify', '--config', other.config, '--known', hash);
    expect(code).toBe(1);
    expect(stdout).toContain(`no entry has the hash ${hash}`);
  });

  it('without a log, or with a key that is none, it is bad input in words', () => {
    const { config, at, audit } = storedLog(1);
    const empty = at('empty.yaml');
    writeFileSync(empty, readFileSync(config, 'utf8').replace(/path: .*}/, `path: ${at('nothing')}}`));
    expect(audit('verify', '--config', empty)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no audit log here; "foreshock run" begins it/),
    });
    expect(audit('verify', '--config', config, '--key', config)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/c\.yaml is no public key of Ed25519/),
    });
    expect(audit('verify').stderr).toMatch(/give --config .* or --input and --key/);
  });
});

describe('audit export', () => {
  it('as JSON is checked anywhere with the public key alone; a line that was changed is named', () => {
    const { config, state, at, audit } = storedLog(4);
    const file = at('a.jsonl');
    const made = audit('export', '--config', config, '--output', file);
    expect([made.code, made.stderr]).toEqual([0, `5 entries of 5 in ${file}\n`]);
    const checked = audit('verify', '--input', file, '--key', publicKeyFile(state));
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringMatching(/^5 entries fit, 1 to 5/) });
    const proof = auditProof([readFileSync(publicKeyFile(state), 'utf8')]);
    const lines = readFileSync(file, 'utf8').split('\n');
    const says = (changed: readonly string[]) => {
      const verdict = checkAudit(auditFromJson(changed.join('\n')), proof);
      return verdict.ok ? 0 : verdict.number;
    };
    expect(says(lines)).toBe(0);
    expect(says(lines.with(3, lines[3]!.replace('note 2', 'note 9')))).toBe(4);
    expect(says(lines.with(3, lines[3]!.replace('{"entry"', '{ "entry"')))).toBe(4);
    expect(says(lines.with(3, 'nonsense'))).toBe(4);
    expect(says(lines.toSpliced(1, 1))).toBe(2);
    expect(says(lines.toSpliced(3, 2))).toBe(4);
    expect(says(lines.slice(0, -2))).toBe(5);
  });

  it('from a time to a time is a part, and is checked as one', () => {
    const { config, state, at, audit } = storedLog(6);
    const file = at('a.jsonl');
    const times = ['--from', '2026-03-01T11:00:00Z', '--to', '2026-03-01T13:00:00Z'];
    audit('export', '--config', config, '--output', file, ...times);
    const check = (...more: string[]) =>
      audit('verify', '--input', file, '--key', publicKeyFile(state), ...more);
    expect(check('--part').stdout).toMatch(/^3 entries fit, 3 to 5;/);
    expect(check().stdout).toMatch(/^entry 1 does not fit/);
  });

  it('as CSV is a table in which no text is taken for a formula', () => {
    const { config, at, audit } = storedLog(3);
    audit('export', '--config', config, '--format', 'csv', '--output', at('a.csv'));
    const text = readFileSync(at('a.csv'), 'utf8');
    expect(text).toMatch(
      /^number,at,actor,action,message,details,hash\n1,2026-03-01T10:00:00\.000Z,foreshock,/,
    );
    expect(text).toContain(`"'=HYPERLINK(""x""), ""quoted""\nand a second line","{""incident"":""a-1""}",`);
  });

  it('as PDF has a row an entry, page numbers, and the hash of the last entry on every page', () => {
    const { config, at, audit } = storedLog(90);
    const hash = /[0-9a-f]{64}/.exec(audit('verify', '--config', config).stdout)?.[0] ?? 'none';
    audit('export', '--config', config, '--format', 'pdf', '--output', at('a.pdf'));
    const file = readFileSync(at('a.pdf'));
    expect(file.subarray(0, 5).toString()).toBe('%PDF-');
    const text = pdfPages(file).join('\n');
    for (const k of [0, 2, 45, 89]) expect(text).toContain(`note ${k}`);
    const pages = Number(/Page 1 of (\d+)/.exec(text)?.[1]);
    expect(pages).toBeGreaterThan(2);
    expect(text).toContain(`Page ${pages} of ${pages}`);
    expect(text.split(hash).length - 1).toBeGreaterThanOrEqual(pages);
  });

  it('of a log that does not fit is refused', () => {
    const { config, state, at, audit } = storedLog(3);
    tamper(state, "UPDATE audit SET entry = replace(entry, 'ann', 'bob')");
    const { code, stderr } = audit('export', '--config', config, '--output', at('a.jsonl'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/the log was not exported: entry 2 does not fit/);
  });

  it('of a span that ends before it begins, or of no time, is bad input', () => {
    const { config, audit } = storedLog(1);
    const from = (...times: string[]) => audit('export', '--config', config, '--output', '-', ...times);
    expect(from('--from', '2026-03-02', '--to', '2026-03-01')).toMatchObject({ code: 2 });
    expect(from('--from', 'yesterday').stderr).toMatch(/--from yesterday: must be ISO 8601 or Unix seconds/);
    expect(from('--format', 'xml').code).toBe(2);
  });
});
