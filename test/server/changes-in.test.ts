import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeRoutes, parseChanges } from '../../collectors/change-webhook.ts';
import type { Change } from '../../core/topology.ts';
import { createMetrics } from '../../server/metrics.ts';
import { createServer } from '../../server/server.ts';
import { stateOf } from './checkout-incident.ts';

const now = Date.parse('2026-03-01T10:00:00Z');
const deploy = { entity: { service: 'cart' }, kind: 'deploy', text: 'v2', link: 'https://ci.example/7' };

/** The server with the real route; `taken` is what it lets through. */
function start() {
  const taken: Change[] = [];
  const routes = changeRoutes({ clock: () => now, take: changes => void taken.push(...changes) });
  const { registry } = createMetrics();
  const { app } = createServer({ state: stateOf([]), registry, routes, log: () => {} });
  const post = (body: unknown) =>
    app.inject({
      method: 'POST',
      url: '/webhook/change',
      payload: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  return { taken, post };
}

describe('POST /webhook/change', () => {
  it('takes a change; one without a time is of now', async () => {
    const { taken, post } = start();
    const answer = await post(deploy);
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'success', taken: 1, ignored: 0 }]);
    expect(taken).toEqual([{ ...deploy, t: now }]);
  });

  it.each([
    ['2026-03-01T09:58:00Z', now - 120_000],
    [now / 1000 - 120, now - 120_000],
    [now - 120_000, now - 120_000],
    [String(now / 1000 - 120), now - 120_000],
    ['2026-03-01T11:00:00Z', now],
  ])('takes the time %s', async (t, at) => {
    const { taken, post } = start();
    await post({ ...deploy, t });
    expect(taken[0]?.t).toBe(at);
  });

  it('takes a list whole or not at all', async () => {
    const { taken, post } = start();
    const wrong = await post([deploy, { ...deploy, kind: '' }]);
    expect(wrong.statusCode).toBe(400);
    expect(wrong.json().error).toMatch(/^not a change: 1\.kind: /);
    expect(taken).toEqual([]);
    expect((await post([deploy, { ...deploy, text: 'v3' }])).json()).toMatchObject({ taken: 2 });
    expect((await post([])).json()).toMatchObject({ taken: 0 });
  });

  it.each([
    [{ ...deploy, entity: {} }, /entity: names nothing/],
    [{ ...deploy, entity: { service: 7 } }, /entity\.service: /],
    [{ ...deploy, entity: undefined }, /entity: /],
    [{ ...deploy, text: 'x'.repeat(5000) }, /text: /],
    [{ ...deploy, link: 'javascript:alert(1)' }, /link: must be an http or https URL/],
    [{ ...deploy, when: 1 }, /when/],
    [{ ...deploy, t: 'yesterday' }, /t: "yesterday" is no time/],
    [{ ...deploy, t: -5 }, /t: "-5" is no time/],
    ['"deploy"', /expected object/],
    ['null', /expected object/],
  ])('refuses %j for good, says what is wrong, and takes nothing', async (body, why) => {
    const { taken, post } = start();
    const answer = await post(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json().error).toMatch(why);
    expect(taken).toEqual([]);
  });

  it('reads an annotation as Grafana has it: tags say what changed, and how', async () => {
    const { taken, post } = start();
    const annotation = { dashboardUID: 'x', time: now - 5, timeEnd: now, text: 'v2 is out' };
    await post({ ...annotation, tags: ['config', 'service:cart', 'region=eu'] });
    expect(taken).toEqual([
      { t: now - 5, entity: { service: 'cart', region: 'eu' }, kind: 'config', text: 'v2 is out' },
    ]);
    const { statusCode, body } = await post({ ...annotation, tags: ['deploy'] });
    expect(statusCode).toBe(400);
    expect(body).toContain('none says what changed');
  });

  it('reads the deployments of GitHub; what waits has changed nothing yet', async () => {
    const { taken, post } = start();
    const event = (state: string) => ({
      action: 'created',
      deployment: { id: 1, sha: 'a84d88e7554fc1fa', ref: 'v2', environment: 'production' },
      deployment_status: { state, created_at: '2026-03-01T09:59:00Z', target_url: 'https://ci.example/8' },
      repository: { name: 'cart', full_name: 'shop/cart', html_url: 'https://github.com/shop/cart' },
      sender: { login: 'ann' },
    });
    expect((await post(event('queued'))).json()).toMatchObject({ taken: 0, ignored: 1 });
    expect((await post({ zen: 'Keep it simple.', hook_id: 3 })).json()).toMatchObject({ ignored: 1 });
    await post(event('success'));
    expect(taken).toEqual([
      {
        t: now - 60_000,
        entity: { service: 'cart' },
        kind: 'deploy',
        text: 'v2 (a84d88e) to production: success',
        link: 'https://ci.example/8',
      },
    ]);
  });

  it('takes any body whole and sane, or refuses it with a reason', () => {
    const bodies = fc.oneof(
      fc.jsonValue(),
      fc.record({
        ...Object.fromEntries(Object.keys(deploy).map(key => [key, fc.jsonValue()])),
        t: fc.jsonValue(),
      }),
      fc.record({ tags: fc.array(fc.string()), text: fc.string(), time: fc.double() }),
      fc.record({ entity: fc.dictionary(fc.string(), fc.string()), kind: fc.string(), text: fc.string() }),
    );
    fc.assert(
      fc.property(bodies, body => {
        const read = parseChanges(body, now);
        if (!read.ok) {
          expect(read.message).toMatch(/^not a change: ./);
          return;
        }
        for (const { t, entity, kind, text } of read.changes) {
          expect(t >= 0 && t <= now).toBe(true);
          expect(Object.keys(entity)).not.toHaveLength(0);
          expect([kind.trim(), text.trim()]).not.toContain('');
        }
      }),
      { numRuns: 1000 },
    );
  });
});
