import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AuditRecord, type AuditVerdict, checkAudit, type SealedEntry } from '../../core/audit.ts';
import { appendAudit, readAudit, type StoredAudit } from '../../store/audit.ts';
import { auditProof, privateKeyFile, publicKeyFile } from '../../store/audit-key.ts';
import { openStore } from '../../store/sqlite.ts';

const record = (k: number): AuditRecord => ({
  at: 1000 * k,
  actor: 'ann',
  action: 'incident-acknowledged',
  message: `entry ${k}`,
  details: { k },
});

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'audit-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A log of the records given, written in flushes of two, and the check with the key that is beside it. */
function written(records: readonly AuditRecord[], directory = folder()) {
  const store = openStore(directory);
  for (let k = 0; k < records.length; k += 2) store.audit.append(records.slice(k, k + 2));
  store.close();
  const log = readAudit(directory)!;
  const proof = auditProof([readFileSync(publicKeyFile(directory), 'utf8')]);
  const check = (changed: Partial<StoredAudit>): AuditVerdict => checkAudit({ ...log, ...changed }, proof);
  return { directory, log, check };
}

const five = [1, 2, 3, 4, 5].map(record);

describe('the audit log', () => {
  it('begins with the making of its key, counts without a gap, and fits', () => {
    const { log, check } = written(five);
    expect(log.entries.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(log.entries[0]?.text).toContain('audit-key-made');
    expect(check({})).toEqual({ ok: true, first: 1, last: 6, hash: log.entries[5]?.hash });
  });

  it('goes on over restarts, and beside an open store, under the same key', () => {
    const directory = folder();
    written([record(1)], directory);
    const store = openStore(directory);
    appendAudit(directory, [record(2)]);
    store.audit.append([record(3)]);
    store.close();
    const { check } = written([record(4)], directory);
    expect(check({})).toMatchObject({ ok: true, last: 5 });
  });

  it('is part of a transaction: what is taken back leaves no entry', () => {
    const store = openStore(':memory:');
    store.audit.append([record(1)]);
    const fails = () =>
      store.transaction(() => {
        store.audit.append([record(2)]);
        throw new Error('no');
      });
    expect(fails).toThrow('no');
    expect(store.audit.after(0, 10).map(({ message }) => message)).toEqual([expect.any(String), 'entry 1']);
    store.close();
  });

  it('is signed by a key that only its owner may read', () => {
    const { directory } = written(five);
    expect(statSync(privateKeyFile(directory)).mode & 0o777).toBe(0o600);
    expect(readFileSync(publicKeyFile(directory), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/);
  });

  it('says from which entry on a key is another one, and takes both when both are trusted', () => {
    const { directory } = written([record(1)]);
    const before = readFileSync(publicKeyFile(directory), 'utf8');
    writeFileSync(privateKeyFile(directory), 'damaged');
    const { log, check } = written([record(2)], directory);
    expect(readdirSync(directory)).toEqual(
      expect.arrayContaining(['audit-key.1.pem', 'audit-key.pub.1.pem']),
    );
    expect(check({})).toEqual({ ok: false, number: 1, why: 'its signature fits no trusted key' });
    const both = auditProof([before, readFileSync(publicKeyFile(directory), 'utf8')]);
    expect(checkAudit(log, both)).toMatchObject({ ok: true, last: 4 });
    expect(log.entries[2]?.text).toContain('audit-key-made');
  });

  it('an empty log, and one without its signed end, do not fit', () => {
    const { check } = written(five);
    expect(check({ entries: [] })).toEqual({ ok: false, number: 1, why: 'the log is empty' });
    expect(check({ head: undefined })).toMatchObject({ ok: false, number: 6, why: /no signed end/ });
  });

  it('an end that was cut off is named by its first entry, also when an earlier signature is made its end', () => {
    const { log, check } = written(five);
    const entries = log.entries.slice(0, 4);
    expect(check({ entries })).toEqual({
      ok: false,
      number: 5,
      why: 'it is missing: the log goes to entry 6, here it ends at 4',
    });
    const { number, hash, signature } = entries[3]!;
    expect(check({ entries, head: { number, hash, signature } })).toMatchObject({ ok: false, number: 4 });
  });

  it('a part of it fits by itself, when it is said to be a part', () => {
    const { log, check } = written(five);
    const entries = log.entries.slice(2, 4);
    const proof = auditProof([readFileSync(publicKeyFile(written([record(1)]).directory), 'utf8')]);
    expect(check({ entries })).toMatchObject({ ok: false, number: 1 });
    const part = { entries, head: log.head, previous: log.entries[1]!.hash, part: true };
    expect(checkAudit(part, proof)).toMatchObject({ ok: false, number: 3 });
    expect(check({ ...part })).toMatchObject({ ok: true, first: 3, last: 4 });
  });

  it('keys that are none are refused in words', () => {
    expect(() => auditProof(['nothing'])).toThrow(/no public key of Ed25519/);
  });
});

/** A text with one byte of it replaced. */
function spoilt(text: string, at: number, by: string): string {
  const k = at % text.length;
  return `${text.slice(0, k)}${text[k] === by ? `${by}${by}` : by}${text.slice(k + 1)}`;
}

describe('whatever is done to one of its entries', () => {
  const { log, check } = writtenOnce();
  const n = log.entries.length;
  const place = fc.integer({ min: 0, max: n - 1 });

  it('a byte that is another one is found, at its entry', () => {
    const field = fc.constantFrom('text' as const, 'hash' as const, 'signature' as const);
    const byte = fc.integer({ min: 32, max: 126 }).map(code => String.fromCharCode(code));
    fc.assert(
      fc.property(place, field, fc.nat(), byte, (k, name, at, by) => {
        const change = (entry: SealedEntry): SealedEntry => ({
          ...entry,
          [name]: spoilt(entry[name], at, by),
        });
        const verdict = check({ entries: log.entries.map((entry, i) => (i === k ? change(entry) : entry)) });
        expect(verdict).toMatchObject({ ok: false, number: k + 1 });
      }),
      { numRuns: 300 },
    );
  });

  it('an entry that is taken out is found, at its place', () => {
    fc.assert(
      fc.property(place, k => {
        const verdict = check({ entries: log.entries.toSpliced(k, 1) });
        expect(verdict).toMatchObject({ ok: false, number: k + 1 });
      }),
    );
  });

  it('two entries that changed places, also with their numbers, are found at the first of them', () => {
    fc.assert(
      fc.property(place, place, fc.boolean(), (a, b, renumber) => {
        fc.pre(a !== b);
        const entries = [...log.entries];
        const as = (entry: SealedEntry, number: number) => (renumber ? { ...entry, number } : entry);
        entries[a] = as(log.entries[b]!, a + 1);
        entries[b] = as(log.entries[a]!, b + 1);
        expect(check({ entries })).toMatchObject({ ok: false, number: Math.min(a, b) + 1 });
      }),
    );
  });

  it('an end of any length that is cut off is found, at the first that is missing', () => {
    fc.assert(
      fc.property(place, k => {
        fc.pre(k > 0);
        expect(check({ entries: log.entries.slice(0, k) })).toMatchObject({ ok: false, number: k + 1 });
      }),
    );
  });
});

function writtenOnce() {
  const directory = mkdtempSync(path.join(tmpdir(), 'audit-'));
  const store = openStore(directory);
  for (let k = 0; k < 8; k++) store.audit.append([record(k)]);
  store.close();
  const log = readAudit(directory)!;
  const proof = auditProof([readFileSync(publicKeyFile(directory), 'utf8')]);
  rmSync(directory, { recursive: true });
  return { log, check: (changed: Partial<StoredAudit>) => checkAudit({ ...log, ...changed }, proof) };
}

it('any record whatever is written, reads back and fits', () => {
  const details = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue());
  const any = fc.record({
    at: fc.double({ noNaN: true, noDefaultInfinity: true }),
    actor: fc.string({ unit: 'binary' }),
    action: fc.string(),
    message: fc.string({ unit: 'binary' }),
    details,
  });
  const store = openStore(':memory:');
  fc.assert(
    fc.property(any, given => {
      const { at, actor, action, message } = given;
      const made = store.audit.append([given]).at(-1)!;
      expect(made).toMatchObject({ at: at + 0, actor, action, message });
      expect(store.audit.after(made.number - 1, 1)).toEqual([made]);
    }),
    { examples: [[{ at: 0, actor: '', action: '', message: '', details: { ['__proto__']: null } }]] },
  );
  store.close();
});
