import { z } from 'zod';
import { canonicalJson } from './canonical-json.ts';

/** Something that a person or the program did, before it has its place in the log. `at` in ms. */
export interface AuditRecord {
  readonly at: number;
  /** Who did it: a person's name, or `foreshock`. */
  readonly actor: string;
  /** What was done, in one word with hyphens: `incident-rejected`. */
  readonly action: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** As it is, with a name such as `__proto__` too, which z.record leaves out. */
const detailsSchema = z.custom<Readonly<Record<string, unknown>>>(
  value => typeof value === 'object' && value !== null && !Array.isArray(value),
  'must be an object',
);

const entrySchema = z.strictObject({
  number: z.int().min(1),
  at: z.number(),
  actor: z.string(),
  action: z.string(),
  message: z.string(),
  details: detailsSchema,
});

/** An entry of the log; numbers count from 1 without a gap. */
export type AuditEntry = Readonly<z.output<typeof entrySchema>>;

/** An entry as it is kept: its canonical text, the hash over that and the hash before, a signature of both. */
export interface SealedEntry {
  readonly number: number;
  readonly text: string;
  readonly hash: string;
  readonly signature: string;
}

/** Where the log ends, signed: what makes a cut end visible. */
export interface AuditHead {
  readonly number: number;
  readonly hash: string;
  readonly signature: string;
}

/** The log as it is written: made by the store, appended to in its transactions, never changed. */
export interface AuditTrail {
  append(records: readonly AuditRecord[]): readonly AuditEntry[];
  /** Entries with numbers above `number`, in order, at most `limit`. */
  after(number: number, limit: number): readonly AuditEntry[];
}

/** What sealing and checking needs of cryptography. `digest` answers lower-case hex. */
export interface AuditProof {
  digest(text: string): string;
  /** Whether a key that is trusted signed the statement. */
  isSigned(statement: string, signature: string): boolean;
}

/** The hash before the first entry. */
export const beginning = '0'.repeat(64);

/** The text of an entry, over which its hash goes. What JSON has no form for is left out or null, as in `JSON.stringify`. */
export function writeAuditEntry(entry: AuditEntry): string {
  return canonicalJson(JSON.parse(JSON.stringify(entry)));
}

/** Throws for what `writeAuditEntry` did not write, to the letter. */
export function readAuditEntry(text: string): AuditEntry {
  const entry = entrySchema.parse(JSON.parse(text));
  if (writeAuditEntry(entry) !== text) throw new RangeError('the entry is not in its canonical form');
  return entry;
}

/** What the hash of an entry is taken of. */
export const chained = (previous: string, text: string): string => `${previous}\n${text}`;

/** What is signed for an entry, and for the end of the log; one never passes for the other. */
export const entryStatement = (number: number, hash: string): string =>
  `foreshock audit entry\n${number}\n${hash}`;
export const headStatement = (number: number, hash: string): string =>
  `foreshock audit head\n${number}\n${hash}`;

/** A log, or a part of one, to be checked. */
export interface AuditInput {
  readonly entries: readonly SealedEntry[];
  readonly head: AuditHead | undefined;
  /** The hash before the first entry; it begins the log unless given. */
  readonly previous?: string;
  /** A part of a log: it need not begin with entry 1 nor reach the end. */
  readonly part?: boolean;
}

/** `number` is the first entry that does not fit. */
export type AuditVerdict =
  | { readonly ok: true; readonly first: number; readonly last: number; readonly hash: string }
  | { readonly ok: false; readonly number: number; readonly why: string };

function mistakeOf(sealed: SealedEntry, previous: string, proof: AuditProof): string | undefined {
  const { number, text, hash, signature } = sealed;
  try {
    if (readAuditEntry(text).number !== number) return 'its text has another number';
  } catch {
    return 'its text is not as it was written';
  }
  if (proof.digest(chained(previous, text)) !== hash)
    return 'its hash fits not its text and the entry before';
  if (!proof.isSigned(entryStatement(number, hash), signature)) return 'its signature fits no trusted key';
  return undefined;
}

function headMistake(
  { head, part = false }: AuditInput,
  last: { readonly number: number; readonly hash: string },
  proof: AuditProof,
): string | undefined {
  const { number, hash } = last;
  if (head === undefined) return 'there is no signed end of the log';
  if (!proof.isSigned(headStatement(head.number, head.hash), head.signature))
    return 'the signature of the end of the log fits no trusted key';
  if (head.number > number)
    return part
      ? undefined
      : `it is missing: the log goes to entry ${head.number}, here it ends at ${number}`;
  if (head.number < number) return `the signed end of the log is entry ${head.number}, here are more`;
  return head.hash === hash ? undefined : 'the signed end of the log has another hash';
}

/** Checks order, text, hashes and signatures of a log, and that nothing is cut off. */
export function checkAudit(input: AuditInput, proof: AuditProof): AuditVerdict {
  const { entries, part = false } = input;
  const first = part ? (entries[0]?.number ?? 1) : 1;
  let expected = first;
  let previous = input.previous ?? beginning;
  const wrong = (why: string): AuditVerdict => ({ ok: false, number: expected, why });
  if (first === 1 && previous !== beginning) return wrong('something stands before it');
  for (const sealed of entries) {
    if (sealed.number !== expected)
      return wrong(`it is missing, or out of order: entry ${sealed.number} stands in its place`);
    const why = mistakeOf(sealed, previous, proof);
    if (why !== undefined) return wrong(why);
    previous = sealed.hash;
    expected++;
  }
  if (entries.length === 0) return wrong('the log is empty');
  const last = { number: expected - 1, hash: previous };
  const why = headMistake(input, last, proof);
  if (why !== undefined) {
    const missing = (input.head?.number ?? 0) > last.number;
    return { ok: false, number: missing ? expected : last.number, why };
  }
  return { ok: true, first, last: last.number, hash: previous };
}
