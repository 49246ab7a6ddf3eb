import { readdirSync } from 'node:fs';
import path from 'node:path';
import { type Place, placeAt } from './file-source.ts';

/**
 * What the names of a log and of its rotated files have in common, with the folder: `app.log`, `app.log.1`,
 * `app.log-20261130`, `app-2026-11-30.log` and `app.log.2.gz` are one family.
 */
export function familyOf(file: string): string {
  const plain = path.basename(file).replace(/\.gz$/, '');
  const name = plain.replace(/[-._]\d[\d\-_T:.]*(?=\.[a-z]+$|$)/i, '').replace(/[-._](bak|old|save)$/i, '');
  return path.join(path.dirname(file), name);
}

/** The files of a family that lie in its folder, in no order; none when the folder cannot be read. */
export function membersOf(family: string): readonly Place[] {
  const folder = path.dirname(family);
  try {
    return readdirSync(folder)
      .map(name => path.join(folder, name))
      .filter(file => familyOf(file) === family && !file.endsWith('.gz'))
      .map(readablePlace)
      .filter(place => place !== undefined);
  } catch {
    return [];
  }
}

/** What lies at a path; undefined when nothing does, or when it cannot be seen. */
export function readablePlace(file: string): Place | undefined {
  try {
    return placeAt(file);
  } catch {
    return undefined;
  }
}
