import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** Who may import whom: folder -> folders and packages; `node:` stands for the platform. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: ['zod'],
  kernels: [],
  promql: [
    'core',
    're2js',
    'zod',
    '@prometheus-io/lezer-promql',
    '@lezer/common',
    '@lezer/lr',
    '@lezer/highlight',
  ],
  config: ['core', 'promql', 'zod', 'yaml', 'croner', 'node:'],
  clients: ['core', 'zod', 'kafkajs', 'kafkajs-snappy', 'lz4js', 'fzstd', '@elastic/elasticsearch', 'node:'],
  collectors: ['core', 'clients', 'promql', 'zod', 'undici', '@msgpack/msgpack', 'tinyglobby', 'node:'],
  detectors: ['core', 'kernels', 'zod'],
  forecasters: ['core', 'kernels', 'zod', 'date-holidays'],
  correlators: ['core', 'zod'],
  alerts: ['core', 'zod'],
  'alerts/receivers': ['core', 'zod', 'node:'],
  rules: ['core', 'promql'],
  charts: ['core', 'd3-scale', 'd3-shape', 'd3-time-format'],
  reports: ['core', 'charts', 'zod', 'pdfkit'],
  dashboards: ['core', 'charts', 'promql', '@grafana/grafana-foundation-sdk', 'zod'],
  sinks: ['core', 'clients', 'zod', 'node:'],
  store: ['core', 'zod', 'libsql', 'node:'],
  server: [
    'core',
    'kernels',
    'charts',
    'promql',
    'zod',
    'yaml',
    'fastify',
    'prom-client',
    'bcryptjs',
    'node:',
  ],
};

function sources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && /(?<!\.d)\.ts$/.test(entry.name))
    .map(entry => path.relative(root, path.join(entry.parentPath, entry.name)));
}

/** What `file` may import: the longest folder of the table that it lies in, and its own top-level folder. */
function rulesFor(file: string): readonly string[] {
  const key = Object.keys(allowed)
    .filter(folder => file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0]!;
  return [...allowed[key]!, file.split('/')[0]!];
}

function importsOf(file: string): string[] {
  const text = readFileSync(path.join(root, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(match => match[1]!);
}

/** The folder or package that an import leads to. */
function target(file: string, specifier: string): string {
  if (specifier.startsWith('node:')) return 'node:';
  if (specifier.startsWith('.'))
    return path.relative(root, path.resolve(root, path.dirname(file), specifier)).split('/')[0]!;
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0]!;
}

describe('folders import only what the architecture allows', () => {
  const present = Object.keys(allowed).filter(
    name => !name.includes('/') && existsSync(path.join(root, name)),
  );
  for (const folder of present) {
    it(folder, () => {
      const broken = sources(folder).flatMap(file =>
        importsOf(file)
          .filter(specifier => !rulesFor(file).includes(target(file, specifier)))
          .map(specifier => `${file} imports ${specifier}`),
      );
      expect(broken).toEqual([]);
    });
  }
});
