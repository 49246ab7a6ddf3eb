import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { builtinPacks, loadPack } from '../../config/pack.ts';
import { resolvePack } from '../../config/resolve.ts';
import { indicatorQueries } from '../../core/objective.ts';
import { packSchema } from '../../core/pack.ts';
import { metricNames } from '../../promql/names.ts';
import { findError } from '../../promql/parse.ts';
import { documentAddress, namesOf, unknownMetrics } from './exporter-names.ts';

const packs = [...builtinPacks()].map(([name, file]) => {
  const loaded = loadPack(file, readFileSync(file, 'utf8'));
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.mistakes, null, 1));
  return { name, pack: loaded.pack };
});
const exporters = packs.flatMap(({ pack }) => pack.exporter);

test('the four packs of the pipeline are there', () => {
  expect(packs.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['alertmanager', 'node', 'prometheus', 'service']),
  );
});

test.each(packs)('the pack $name queries what its exporters tell, and reads as PromQL', async ({ pack }) => {
  const how = { match: 'env="prod"', params: {}, step: 15_000, scrapeInterval: 15_000 };
  const resolved = resolvePack(pack, how);
  const queries = [
    ...resolved.classes.flatMap(item => item.queries),
    ...resolved.topology.map(item => item.via),
    ...resolved.alerts.map(item => item.expr),
    ...resolved.capacity.flatMap(item => [item.used, item.limit]),
    ...resolved.objectives.flatMap(item => indicatorQueries(item.indicator).map(({ query }) => query)),
  ];
  for (const query of queries) {
    expect(findError(query)).toBeUndefined();
    expect(query).toContain('env="prod"');
    expect(query).not.toContain('$');
  }
  expect(await unknownMetrics(queries.flatMap(metricNames), pack.exporter)).toEqual([]);
});

test.each(packs)('the pack $name is named as its file', ({ name, pack }) => {
  expect(pack.pack).toBe(name);
});

test.each(packs)('the pack $name says of each signal what normal is', ({ pack }) => {
  const signals = pack.classes.flatMap(item => item.signals);
  expect(signals.filter(({ about }) => about === '').map(({ name }) => name)).toEqual([]);
});

describe('the exporters of the packs', () => {
  const one = { name: 'a', versions: '1' };
  const read = (exporter: unknown) => packSchema.shape.exporter.safeParse(exporter);

  test('may be one or several', () => {
    const several = [
      { ...one, docs: '' },
      { name: 'b', versions: '2', docs: '', recorded: '2.1' },
    ];
    expect(read(one).data).toEqual([{ ...one, docs: '' }]);
    expect(read(several).data).toEqual(several);
    expect(read([]).success).toBe(false);
    expect(read({ ...one, documented: 'somewhere' }).success).toBe(false);
  });

  test('each say either which version was run, or which document was read, and what was found there', async () => {
    for (const exporter of exporters) {
      const { name, recorded, documented } = exporter;
      expect([recorded, documented].filter(said => said !== undefined).length, name).toBe(1);
      expect(await namesOf(exporter), `a file with the names of ${name}`).toBeDefined();
      if (documented !== undefined) expect(documentAddress(exporter), name).toBe(documented);
    }
  });

  test.each(['expositions', 'documented'] as const)('leave no file of %s unused', folder => {
    const names = new Set(exporters.map(({ name }) => `${name}.txt`));
    const files = readdirSync(import.meta.dirname, { withFileTypes: true }).some(
      ({ name }) => name === folder,
    )
      ? readdirSync(new URL(`./${folder}/`, import.meta.url))
      : [];
    expect(files.filter(file => !names.has(file))).toEqual([]);
  });
});
