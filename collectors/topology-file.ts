import { type BigIntStats, readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { SourceError } from '../core/series.ts';
import { type TopologyBatch, type TopologySource, topologySchema } from '../core/topology.ts';

type Told = Pick<TopologyBatch, 'nodes' | 'edges'>;

function sayFailure(error: unknown): string {
  if (error instanceof z.ZodError) {
    const { path, message } = error.issues[0]!;
    return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
  }
  if (error instanceof SyntaxError) return `not JSON (${error.message})`;
  return error instanceof Error && 'code' in error ? `cannot be read (${String(error.code)})` : String(error);
}

/** Changes with the content of a file, and with the file that a link leads to. */
const stampOf = ({ ino, mtimeNs, size }: BigIntStats): string => `${ino} ${mtimeNs} ${size}`;

/**
 * Edges that people wrote down: a `topology.json`, read anew when it has changed. It is the whole of what it tells: an edge
 * that is taken out of it is gone. `read` rejects with a SourceError while the file is away or is none.
 */
export function createTopologyFile(path: string): TopologySource {
  let known: { readonly stamp: string; readonly told: Told } | undefined;
  const told = (): Told => {
    const stamp = stampOf(statSync(path, { bigint: true }));
    if (known?.stamp === stamp) return known.told;
    const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    known = { stamp, told: topologySchema.parse(JSON.parse(text)) };
    return known.told;
  };
  return {
    name: path,
    async read({ t }) {
      try {
        return { t, source: path, confidence: 1, complete: true, ...told() };
      } catch (cause) {
        throw new SourceError(`${path}: ${sayFailure(cause)}`, { retryable: false, cause });
      }
    },
  };
}
