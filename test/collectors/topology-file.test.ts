import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createTopologyFile } from '../../collectors/topology-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'foreshock-topology-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = { t: 1000, step: 1 };
let made = 0;

function fileWith(text: string): string {
  const file = join(folder, `${++made}.json`);
  writeFileSync(file, text);
  return file;
}

describe('a topology file', () => {
  it('tells its edges and nodes as the whole of what there is, with kinds and labels, whatever else stands in it', async () => {
    const file = fileWith(
      JSON.stringify({
        about: 'ours',
        nodes: [{ id: 'cart', kind: 'service', labels: { team: 'shop' }, owner: 'x' }],
        edges: [{ from: 'front', to: 'cart', kind: 'calls', confidence: 0.3 }],
      }),
    );
    expect(await createTopologyFile(file).read(at)).toEqual({
      t: 1000,
      source: file,
      confidence: 1,
      complete: true,
      nodes: [{ id: 'cart', kind: 'service', labels: { team: 'shop' } }],
      edges: [{ from: 'front', to: 'cart', kind: 'calls' }],
    });
  });

  it('is read again when it has changed', async () => {
    const file = fileWith('{"edges":[{"from":"a","to":"b"}]}');
    const source = createTopologyFile(file);
    await source.read(at);
    writeFileSync(file, '{"edges":[{"from":"a","to":"another"}]}');
    expect((await source.read(at)).edges).toEqual([{ from: 'a', to: 'another' }]);
  });

  it('takes cycles, calls to oneself, nodes that nothing leads to, and a byte order mark', async () => {
    const edges = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
      { from: 'a', to: 'a' },
    ];
    const read = await createTopologyFile(
      fileWith(`\uFEFF${JSON.stringify({ nodes: [{ id: 'lone' }], edges })}`),
    ).read(at);
    expect(read).toMatchObject({ nodes: [{ id: 'lone' }], edges });
  });

  it.each([
    ['no JSON', '{"edges":', /not JSON/],
    ['an edge without an end', '{"edges":[{"from":"a"}]}', /edges\.0\.to: /],
    ['an end without a name', '{"edges":[{"from":"a","to":""}]}', /edges\.0\.to: /],
    ['a list', '[]', /expected object/],
    ['nothing', '', /not JSON/],
  ])('that holds %s is refused with its name and what is wrong', async (_what, text, why) => {
    const file = fileWith(text);
    const reading = createTopologyFile(file).read(at);
    await expect(reading).rejects.toThrow(why);
    await expect(reading).rejects.toThrow(file);
  });

  it('that is taken away is told, and is read again when it comes back', async () => {
    const file = fileWith('{"edges":[]}');
    const source = createTopologyFile(file);
    await source.read(at);
    unlinkSync(file);
    await expect(source.read(at)).rejects.toThrow('ENOENT');
    writeFileSync(file, '{"edges":[{"from":"a","to":"b"}]}');
    expect((await source.read(at)).edges).toHaveLength(1);
  });
});
