import { describe, expect, it } from 'vitest';
import { surroundingsIn } from '../../cli/incident-surroundings.ts';
import type { Labels } from '../../core/labels.ts';

function incident(alerts: readonly Labels[], suspects: readonly Labels[]) {
  return {
    members: alerts.map((labels, i) => ({
      alert: {
        labels,
        annotations: {},
        startsAt: 0,
        endsAt: undefined,
        generatorURL: '',
        fingerprint: String(i),
      },
      reason: '',
    })),
    suspects: suspects.map(entity => ({ entity, signal: 'latency', score: 1, evidence: [] })),
  };
}

const edge = (calls: string) => {
  const [from = '', to = ''] = calls.split(' > ');
  return { from, to };
};
const shop = ['web > checkout', 'checkout > payment', 'payment > ledger', 'ledger > disk', 'admin > web'].map(
  edge,
);

describe('the topology around an incident', () => {
  it('is what it names and whom that calls or is called by, not further', () => {
    const about = incident([{ service: 'checkout' }], [{ service: 'payment' }, { service: 'checkout' }]);
    expect(surroundingsIn({ nodes: [], edges: shop })(about)).toEqual({
      things: [
        { id: 'payment', suspect: 1, affected: false },
        { id: 'checkout', suspect: 2, affected: true },
        { id: 'ledger', affected: false },
        { id: 'web', affected: false },
      ],
      calls: ['web > checkout', 'checkout > payment', 'payment > ledger'].map(edge),
      left: 0,
    });
  });

  it('knows a place by the first label that the graph knows', () => {
    const about = incident([{ service: 'unheard-of', instance: '10.0.0.1:80' }], []);
    const around = surroundingsIn({ nodes: [{ id: '10.0.0.1:80' }], edges: [] })(about);
    expect(around?.things).toEqual([{ id: '10.0.0.1:80', affected: true }]);
  });

  it('is nothing where the graph knows nothing of it', () => {
    expect(surroundingsIn({ nodes: [], edges: shop })(incident([{ service: 'mail' }], []))).toBeUndefined();
  });

  it('keeps thirty: what it names, then the neighbours with most calls to it, and counts the others', () => {
    const callers = Array.from({ length: 40 }, (_, i) => edge(`caller-${i} > payment`));
    const edges = [...callers, edge('zone > payment'), edge('zone > checkout')];
    const about = incident([{ service: 'checkout' }], [{ service: 'payment' }]);
    const around = surroundingsIn({ nodes: [], edges })(about)!;
    expect(around.things.slice(0, 3).map(({ id }) => id)).toEqual(['payment', 'checkout', 'zone']);
    expect([around.things.length, around.left]).toEqual([30, 13]);
    const ids = new Set(around.things.map(({ id }) => id));
    expect(around.calls.every(({ from, to }) => ids.has(from) && ids.has(to))).toBe(true);
  });
});
