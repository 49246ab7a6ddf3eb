import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { AuditProof } from '../core/audit.ts';

/** The key that signs the audit log: made once, read at each start, never shown. */
export interface AuditKey {
  sign(statement: string): string;
  /** SHA-256 of the public key (DER), hex. */
  readonly id: string;
  /** True when it was made just now. */
  readonly fresh: boolean;
}

export const privateKeyFile = (directory: string): string => path.join(directory, 'audit-key.pem');
export const publicKeyFile = (directory: string): string => path.join(directory, 'audit-key.pub.pem');

/** SHA-256 of a text in UTF-8, lower-case hex. */
export const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

function keyOf(secret: KeyObject, fresh: boolean): AuditKey {
  const der = createPublicKey(secret).export({ type: 'spki', format: 'der' });
  return {
    sign: statement => sign(null, Buffer.from(statement), secret).toString('base64'),
    id: createHash('sha256').update(der).digest('hex'),
    fresh,
  };
}

/** Moves a file out of the way under a name that is free; nothing is thrown away. */
function setAside(file: string): void {
  for (let n = 1; existsSync(file); n++) {
    const aside = file.replace(/\.pem$/, `.${n}.pem`);
    if (!existsSync(aside)) renameSync(file, aside);
  }
}

function makeKey(directory: string): AuditKey {
  mkdirSync(directory, { recursive: true });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  for (const file of [privateKeyFile(directory), publicKeyFile(directory)]) setAside(file);
  const secret = privateKey.export({ type: 'pkcs8', format: 'pem' });
  writeFileSync(privateKeyFile(directory), secret, { mode: 0o600, flag: 'wx' });
  writeFileSync(publicKeyFile(directory), publicKey.export({ type: 'spki', format: 'pem' }), { flag: 'wx' });
  return keyOf(privateKey, true);
}

function readKey(directory: string): KeyObject | undefined {
  const file = privateKeyFile(directory);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file);
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyType !== 'ed25519') return undefined;
    chmodSync(file, 0o600);
    return key;
  } catch {
    return undefined;
  }
}

/**
 * The Ed25519 key in `directory`, made there (mode 0600, the public key beside it) when there is none or it is damaged; then
 * earlier key files are kept under other names. For `:memory:` it lives as long as the process. Throws when the folder
 * cannot be read or written.
 */
export function openAuditKey(directory: string): AuditKey {
  if (directory === ':memory:') return keyOf(generateKeyPairSync('ed25519').privateKey, true);
  const found = readKey(directory);
  if (found === undefined) return makeKey(directory);
  if (!existsSync(publicKeyFile(directory)))
    writeFileSync(publicKeyFile(directory), createPublicKey(found).export({ type: 'spki', format: 'pem' }));
  return keyOf(found, false);
}

/** Checks with the public keys given as PEM. Throws a RangeError for text that is no Ed25519 public key. */
export function auditProof(pems: readonly string[]): AuditProof {
  const keys = pems.map(pem => {
    try {
      const key = createPublicKey(pem);
      if (key.asymmetricKeyType === 'ed25519') return key;
    } catch {
      // Said below, as for another kind of key.
    }
    throw new RangeError('is no public key of Ed25519 in PEM');
  });
  return {
    digest,
    isSigned(statement, signature) {
      const bytes = Buffer.from(signature, 'base64');
      // Base64 has spare bits and is read leniently: only the text that was written passes.
      if (bytes.toString('base64') !== signature) return false;
      return keys.some(key => verify(null, Buffer.from(statement), key, bytes));
    },
  };
}
