import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const defaultPython = 'bench/.venv/bin/python';

/** A folder of raw float64 files by which a bench and its peer exchange arrays. */
export interface Exchange {
  write(name: string, values: Float64Array): void;
  writeText(name: string, text: string): void;
  read(name: string): Float64Array;
  /** Runs `bench/peers/<script>` in the folder, on one thread; answers what it prints, or undefined where it cannot run. */
  run(script: string): Readonly<Record<string, number | string>> | undefined;
  close(): void;
}

/** Opens an exchange. Python is `PEERS_PYTHON`, else the virtual environment of bench/. */
export function openExchange(): Exchange {
  const folder = mkdtempSync(path.join(tmpdir(), 'foreshock-bench-'));
  const python = process.env.PEERS_PYTHON ?? defaultPython;
  return {
    write: (name, values) =>
      writeFileSync(
        path.join(folder, name),
        new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      ),
    writeText: (name, text) => writeFileSync(path.join(folder, name), text),
    read(name) {
      const bytes = readFileSync(path.join(folder, name));
      return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    },
    run(script) {
      if (!existsSync(python)) {
        console.log(`NOT MEASURED: no ${python}; see bench/peers/requirements.txt`);
        return undefined;
      }
      const env = { ...process.env, OMP_NUM_THREADS: '1', MKL_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
      try {
        return JSON.parse(
          execFileSync(python, [path.resolve('bench/peers', script), folder], { env, encoding: 'utf8' }),
        );
      } catch (error) {
        console.log(`NOT MEASURED: ${script}: ${error instanceof Error ? error.message : error}`);
        return undefined;
      }
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}

/** CPU milliseconds of `work`, each of `times` runs after one that warms up, ascending. */
export function cpuOf(times: number, work: () => void): Float64Array {
  work();
  return Float64Array.from({ length: times }, () => {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  }).sort();
}
