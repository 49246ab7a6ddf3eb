import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { LayoutFile } from '../dashboards/layout.ts';
import { writeText } from './files.ts';

/** What became, or in a dry run would become, of one file. */
export interface FileResult {
  readonly path: string;
  readonly state: 'new' | 'changed' | 'unchanged' | 'conflict' | 'overwritten' | 'removed';
  /** Of a conflict. */
  readonly why?: string;
  readonly before?: string;
  readonly after?: string;
}

/** A file that is to be there. */
type PlannedFile = FileResult & { readonly after: string };

/** Hashes of the files as foreshock wrote them, by path; not named .json, which Grafana would take for a dashboard. */
const manifestName = '.foreshock-written';
const manifest = z.record(z.string(), z.string());
type Manifest = Readonly<Record<string, string>>;

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Undefined when nothing was written there yet, or it cannot be read: then what is there is taken for ours. */
function readManifest(folder: string): Manifest | undefined {
  const text = textOf(path.join(folder, manifestName));
  try {
    return text === undefined ? undefined : manifest.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function keepManifest(folder: string, written: Manifest): void {
  const sorted = Object.fromEntries(Object.entries(written).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeText(path.join(folder, manifestName), `${JSON.stringify(sorted, null, 2)}\n`);
}

function planFile(
  folder: string,
  { path: name, content }: LayoutFile,
  how: { readonly written: Manifest | undefined; readonly overwrite: boolean },
): PlannedFile {
  const before = textOf(path.join(folder, name));
  if (before === undefined) return { path: name, state: 'new', after: content };
  const about = { path: name, before, after: content };
  if (before === content) return { ...about, state: 'unchanged' };
  if (how.written === undefined || how.written[name] === hashOf(before))
    return { ...about, state: 'changed' };
  return how.overwrite
    ? { ...about, state: 'overwritten' }
    : { ...about, state: 'conflict', why: 'it was changed by hand' };
}

/** What writing these files would do. */
export function planFiles(
  folder: string,
  files: readonly LayoutFile[],
  { overwrite }: { readonly overwrite: boolean },
): readonly PlannedFile[] {
  const written = readManifest(folder);
  return files.map(file => planFile(folder, file, { written, overwrite }));
}

/**
 * Writes the files below `folder`, each whole or not at all, and leaves alone what a person changed, unless told to overwrite it.
 * Throws an InputError when it cannot be written.
 */
export function writeFiles(
  folder: string,
  files: readonly LayoutFile[],
  how: { readonly overwrite: boolean },
): readonly FileResult[] {
  const results = planFiles(folder, files, how);
  const ours = results.filter(({ state }) => state !== 'conflict');
  const before = readManifest(folder);
  const hashes = Object.fromEntries(ours.map(({ path: name, after }) => [name, hashOf(after)]));
  const stale = ours.some(({ path: name }) => before?.[name] !== hashes[name]);
  mkdirSync(folder, { recursive: true });
  for (const { path: name, state, after } of ours)
    if (state !== 'unchanged') writeText(path.join(folder, name), after);
  if (before === undefined || stale) keepManifest(folder, { ...before, ...hashes });
  return results;
}

/** Takes a file away where it is as foreshock wrote it; answers whether it is gone. */
export function removeFile(folder: string, name: string): boolean {
  const { [name]: hash, ...rest } = readManifest(folder) ?? {};
  const text = textOf(path.join(folder, name));
  if (text !== undefined && hash !== hashOf(text)) return false;
  rmSync(path.join(folder, name), { force: true });
  if (hash !== undefined) keepManifest(folder, rest);
  return true;
}

/** A dashboard of the fleet in a folder or as a ConfigMap; those of incidents come and go by a policy of their own. */
const ofFleet = /^(dashboards\/foreshock|configmaps)\/foreshock-(?!incident-)[\w-]+\.(json|yaml)$/;

/**
 * Takes away the files of the fleet that foreshock wrote beside these and that are none of them any more, and answers what became of
 * each; in a dry run what would. One that a person changed stays and is a conflict; one that foreshock did not write is left out.
 */
export function pruneFiles(
  folder: string,
  files: readonly LayoutFile[],
  { dryRun }: { readonly dryRun: boolean },
): readonly FileResult[] {
  const wanted = new Set(files.map(({ path: name }) => name));
  const places = new Set(files.map(({ path: name }) => path.dirname(name)));
  const isOld = (name: string) => ofFleet.test(name) && places.has(path.dirname(name)) && !wanted.has(name);
  const written = readManifest(folder) ?? {};
  return Object.keys(written)
    .filter(isOld)
    .flatMap((name): FileResult[] => {
      const before = textOf(path.join(folder, name));
      if (before === undefined) return [];
      if (written[name] !== hashOf(before))
        return [
          { path: name, state: 'conflict', why: 'no pack has it any more, but it was changed by hand' },
        ];
      if (!dryRun) removeFile(folder, name);
      return [{ path: name, state: 'removed' }];
    });
}
