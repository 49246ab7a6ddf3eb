import { describe, expect, it } from 'vitest';
import { topologyPicture } from '../../charts/topology.ts';
import { topologyLayers } from '../../charts/topology-layers.ts';

const shop = [
  { from: 'frontend', to: 'checkout' },
  { from: 'frontend', to: 'cart' },
  { from: 'checkout', to: 'payment' },
  { from: 'frontend', to: 'payment' },
];
const services = ['cart', 'checkout', 'frontend', 'payment'];

describe('topologyLayers', () => {
  it('puts callers above all that they call, by the longest way', () => {
    expect(topologyLayers(services, shop)).toEqual([['frontend'], ['cart', 'checkout'], ['payment']]);
  });

  it('gives the same layers whatever the order of nodes and arrows', () => {
    expect(topologyLayers([...services].reverse(), [...shop].reverse())).toEqual(
      topologyLayers(services, shop),
    );
  });

  it('puts a callee below its own caller', () => {
    const arrows = [
      { from: 'a', to: 'z' },
      { from: 'b', to: 'y' },
    ];
    expect(topologyLayers(['a', 'b', 'y', 'z'], arrows)).toEqual([
      ['a', 'b'],
      ['z', 'y'],
    ]);
  });

  it('takes circles, arrows to itself and arrows to what is not shown', () => {
    const arrows = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'a' },
      { from: 'b', to: 'b' },
      { from: 'b', to: 'elsewhere' },
    ];
    expect(topologyLayers(['a', 'b'], arrows)).toEqual([['a'], ['b']]);
    expect(topologyLayers([], [])).toEqual([]);
  });
});

describe('topologyPicture', () => {
  const nodes = services.map(id => ({
    id,
    affected: id !== 'cart',
    ...(id === 'payment' ? { suspect: 1 } : {}),
  }));
  const base = { title: 'Shop', width: 320, nodes, edges: shop };

  /** Middle x and top y of each box. */
  const boxes = (svg: string) =>
    [...svg.matchAll(/<rect x="([\d.-]+)" y="(\d+)" width="([\d.]+)"/g)].map(([, x, y, width]) => ({
      left: Number(x),
      right: Number(x) + Number(width),
      top: Number(y),
    }));

  it('keeps thirty boxes of one layer inside of a phone, and none over another', () => {
    const ids = Array.from({ length: 30 }, (_, i) => `service-${i}`);
    const all = boxes(
      topologyPicture({
        ...base,
        width: 300,
        nodes: ids.map(id => ({ id, affected: false })),
        edges: ids.slice(1).map(to => ({ from: ids[0]!, to })),
      }),
    );
    expect(all).toHaveLength(30);
    for (const [i, a] of all.entries()) {
      expect([a.left >= 0, a.right <= 300]).toEqual([true, true]);
      for (const b of all.slice(i + 1))
        expect(a.top !== b.top || a.right < b.left || b.right < a.left).toBe(true);
    }
  });

  it('leads an arrow past the boxes between, so that it cannot be taken for one of theirs', () => {
    const chain = topologyPicture({
      ...base,
      nodes: ['a', 'b', 'c'].map(id => ({ id, affected: false })),
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'a', to: 'c' },
      ],
    });
    const between = boxes(chain)[1]!;
    const passing = [...chain.matchAll(/ ([\d.]+),[\d.]+V/g)].map(([, x]) => Number(x));
    expect(passing).toHaveLength(1);
    expect(passing[0]! < between.left || passing[0]! > between.right).toBe(true);
  });

  it('says in words what is marked and who calls whom', () => {
    expect(topologyPicture(base)).toContain(
      '<desc>cart: no alerts. checkout: has alerts. frontend: has alerts. payment: first suspect, has alerts. frontend depends on checkout.',
    );
  });

  it('shortens a long name in the box and keeps it whole beside, and lets none break out', () => {
    const name = `</text><script>${'x'.repeat(40)}`;
    const svg = topologyPicture({ ...base, nodes: [{ id: name, affected: true }], edges: [] });
    expect(svg).not.toContain('<script');
    expect(svg).toMatch(/<title>&lt;\/text&gt;&lt;script&gt;x{40}<\/title>/);
    expect(svg).toContain('…xxx');
  });

  it('keeps names apart that begin alike', () => {
    const ids = ['recommendations-service-eu-1', 'recommendations-service-eu-2'];
    const svg = topologyPicture({ ...base, nodes: ids.map(id => ({ id, affected: false })), edges: [] });
    const drawn = [...svg.matchAll(/>([^<]*…[^<]*)</g)].map(([, text]) => text);
    expect(new Set(drawn).size).toBe(2);
  });

  it('refuses a width that cannot hold a name', () => {
    expect(() => topologyPicture({ ...base, width: Number.NaN })).toThrow(/at least 200, got NaN/);
  });
});
