import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Runs a command of the system; the error says what it said. */
export function system(command: string, ...args: readonly string[]): void {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (error) throw new Error(`${command}: ${error.message}`);
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${stderr.trim()}`);
}

const mebibyte = 1 << 20;

/**
 * The small disks of a lab: files of a fixed size with a file system, mounted over loop devices; memory of the same size
 * where loop devices are not allowed. Each is made, filled and freed by a fault, and unmounted at the end.
 */
export class Disks {
  readonly #dir: string;
  readonly #mounted: string[] = [];

  constructor(dir: string) {
    this.#dir = dir;
  }

  folder(name: string): string {
    return path.join(this.#dir, name);
  }

  /** Makes and mounts a disk; where no mount is allowed the folder is an ordinary one, which cannot be filled. */
  make(name: string, mebibytes: number): void {
    const folder = this.folder(name);
    mkdirSync(folder, { recursive: true });
    try {
      this.#mount(folder, mebibytes);
      this.#mounted.push(folder);
    } catch (error) {
      console.error(`no disk for ${name}: ${error instanceof Error ? error.message : error}`);
    }
  }

  #mount(folder: string, mebibytes: number): void {
    const image = `${folder}.img`;
    const file = openSync(image, 'w');
    ftruncateSync(file, mebibytes * mebibyte);
    closeSync(file);
    try {
      system('mkfs.ext4', '-q', '-m', '0', '-O', '^has_journal', image);
      system('mount', '-o', 'loop', image, folder);
    } catch {
      system('mount', '-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder);
    }
    rmSync(path.join(folder, 'lost+found'), { recursive: true, force: true });
  }

  /** Writes until nothing more fits; answers how to free the disk again. Throws when it is no disk of its own. */
  fill(name: string): () => void {
    const folder = this.folder(name);
    if (!this.#mounted.includes(folder))
      throw new Error(`${name} has no disk of its own here: mount is not allowed`);
    const ballast = path.join(folder, 'ballast');
    const file = openSync(ballast, 'w');
    const { bsize } = statfsSync(folder);
    try {
      for (const size of [mebibyte, bsize]) writeAll(file, size);
    } finally {
      closeSync(file);
    }
    return () => rmSync(ballast, { force: true });
  }

  /** Unmounts all; call it when no process has a file there any more. */
  unmount(): void {
    for (const folder of this.#mounted.splice(0))
      try {
        system('umount', folder);
      } catch {
        system('umount', '--lazy', folder);
      }
  }
}

function writeAll(file: number, size: number): void {
  const block = Buffer.alloc(size, 'x');
  try {
    while (writeSync(file, block) === size);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  }
}
