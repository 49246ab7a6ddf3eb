import {
  accessSync,
  constants,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InputError } from './exit.ts';

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Bytes as they were before gzip packed them (RFC 1952); others as they are. */
function unpacked(bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}

/** The text of a file, packed with gzip or not; `-` is standard input. Throws an InputError that names the file. */
export function readText(file: string): string {
  try {
    return new TextDecoder().decode(unpacked(readFileSync(file === '-' ? 0 : file)));
  } catch (error) {
    throw new InputError(`${file}: cannot be read (${reason(error)})`);
  }
}

/** Whether a new file may take this place: a device, a pipe, a link is written through and never replaced. */
export function mayReplace(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() ?? true;
}

/** Makes a folder to write into, before the work that ends there. Throws an InputError that names its flag when that cannot be. */
export function makeFolder(flag: string, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new InputError(`${flag} ${folder}: cannot be written (${reason(error)})`);
  }
}

function replaceFile(file: string, content: string | Uint8Array): void {
  const fresh = `${file}.tmp`;
  try {
    writeFileSync(fresh, content);
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw error;
  }
}

function writeWhole(file: string, content: string | Uint8Array): void {
  if (file === '-') {
    process.stdout.write(content);
    return;
  }
  try {
    mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
    if (mayReplace(file)) replaceFile(file, content);
    else writeFileSync(file, content);
  } catch (error) {
    throw new InputError(`${file}: cannot be written (${reason(error)})`);
  }
}

/** Writes a file whole or not at all, `-` is standard output; folders are made. */
export function writeText(file: string, text: string): void {
  writeWhole(file, text);
}

/** The same for bytes. */
export function writeBytes(file: string, bytes: Uint8Array): void {
  writeWhole(file, bytes);
}
