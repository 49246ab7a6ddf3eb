import { hashSync } from 'bcryptjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../core/store.ts';
import type { Server, ServerDeps } from '../../server/server.ts';
import { webConfigSchema } from '../../server/web-config.ts';
import { openStore } from '../../store/sqlite.ts';
import { deedsIn, feedbackServer } from './feedback-desk.ts';

let store: Store;
let server: Server;
const start = (more: Partial<ServerDeps> = {}) => {
  server = feedbackServer(store, more);
};
beforeEach(() => {
  store = openStore(':memory:');
  start();
});
afterEach(async () => {
  await server.close();
  store.close();
});

const incidents = '/api/v1/incidents';

async function post(path: string, payload: unknown, headers: Record<string, string> = {}) {
  const answer = await server.app.inject({
    method: 'POST',
    url: `${incidents}/${path}`,
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(payload),
  });
  return { code: answer.statusCode, body: answer.json() };
}

const get = async (id: string) => (await server.app.inject(`${incidents}/${id}`)).json().data;

describe('what is said of an incident over HTTP', () => {
  it('is kept with it: who took it first, the last verdict, every note', async () => {
    await post('checkout-1005/ack', { by: 'ann', text: 'I look' });
    await post('checkout-1005/ack', { by: 'bob' });
    await post('checkout-1005/reject', { by: 'bob' });
    await post('checkout-1005/confirm', { by: 'ann', text: 'payments were down' });
    const noted = await post('checkout-1005/note', { by: 'eve', text: 'rolled back' });
    expect(noted).toEqual({
      code: 200,
      body: { status: 'success', data: { incident: 'checkout-1005', changed: true } },
    });
    expect((await get('checkout-1005')).feedback).toMatchObject({
      acknowledged: { by: 'ann', text: 'I look' },
      verdict: { by: 'ann', real: true, text: 'payments were down' },
      notes: [{ by: 'eve', text: 'rolled back' }],
    });
    expect(deedsIn(store)).toEqual([
      'ann incident-acknowledged',
      'bob incident-rejected',
      'ann incident-confirmed',
      'eve incident-noted',
    ]);
  });

  it('is there after a restart', async () => {
    await post('checkout-1005/reject', { by: 'ann' });
    await server.close();
    start();
    expect((await get('checkout-1005')).feedback.verdict).toMatchObject({ by: 'ann', real: false });
  });

  it('said twice is said once', async () => {
    expect((await post('checkout-1005/reject', { by: 'ann' })).body.data.changed).toBe(true);
    expect((await post('checkout-1005/reject', { by: 'ann' })).body.data.changed).toBe(false);
    expect(deedsIn(store)).toEqual(['ann incident-rejected']);
  });

  it.each([
    ['checkout-1005/ack', {}, 400, 'by: must be the name of who says it'],
    ['checkout-1005/ack', { by: ' ' }, 400, 'by: must be a name of 1 to 100 characters'],
    ['checkout-1005/ack', { by: 'a\nb' }, 400, 'by: must be a name of 1 to 100 characters'],
    ['checkout-1005/ack', { by: 7 }, 400, 'by: must be the name of who says it'],
    ['checkout-1005/ack', ['ann'], 400, 'the body must be a JSON object like {"by": "ann"}'],
    ['checkout-1005/ack', { by: 'ann', to: 'me' }, 400, /Unrecognized key: "to"/],
    ['checkout-1005/note', { by: 'ann' }, 400, 'text: must be a text'],
    ['checkout-1005/note', { by: 'ann', text: 'x'.repeat(4001) }, 400, /text: must be a text of 1 to 4000/],
    ['none/ack', { by: 'ann' }, 404, 'no incident "none"'],
    ['merge', { by: 'ann', ids: ['checkout-1005'] }, 400, 'ids: must be two incidents or more'],
    ['merge', { by: 'ann', ids: ['checkout-1005', 'none'] }, 404, 'no incident "none"'],
    ['merge', { by: 'ann', ids: ['checkout-1005', 'checkout-1005'] }, 409, /are one incident already/],
    ['checkout-1005/split', { by: 'ann', alerts: [] }, 400, 'alerts: must be one alert or more'],
    ['checkout-1005/split', { by: 'ann', alerts: ['x'] }, 400, 'alerts: checkout-1005 has no alert x'],
    ['search-1010/split', { by: 'ann', alerts: ['Slow/search'] }, 400, /these are all alerts of search-1010/],
  ])('%s %j answers %i in words, and nothing is kept', async (path, body, code, words) => {
    const answer = await post(path, body);
    expect(answer).toMatchObject({ code, body: { status: 'error', error: expect.stringMatching(words) } });
    expect(deedsIn(store)).toEqual([]);
  });

  it('that names what every object has is refused, and does no harm', async () => {
    const answer = await server.app.inject({
      method: 'POST',
      url: `${incidents}/checkout-1005/ack`,
      headers: { 'content-type': 'application/json' },
      payload: '{"by": "ann", "__proto__": {"by": "eve"}, "constructor": {"x": 1}}',
    });
    expect(answer.statusCode).toBe(400);
  });
});

describe('merge and split', () => {
  it('merged incidents are one, under the id of the oldest, which answers for all of them', async () => {
    await post('search-1010/note', { by: 'bob', text: 'same thing' });
    const merged = await post('merge', { by: 'ann', ids: ['search-1010', 'checkout-1005'] });
    expect(merged.body.data.incident).toBe('checkout-1005');
    const list = (await server.app.inject(incidents)).json().data;
    expect(list.map((view: { incident: { id: string } }) => view.incident.id)).toEqual(['checkout-1005']);
    const view = await get('search-1010');
    expect(view.incident.members).toHaveLength(4);
    expect(view.feedback.notes).toMatchObject([{ by: 'bob', text: 'same thing' }]);
    expect(view.incident.timeline.at(-1).what).toBe('ann merged search-1010 into it');
    await post('search-1010/confirm', { by: 'ann' });
    expect((await get('checkout-1005')).feedback.verdict.real).toBe(true);
  });

  it('alerts that are split off are an incident of their own, and can be brought back', async () => {
    const split = await post('checkout-1005/split', { by: 'ann', alerts: ['ErrorsHigh/frontend'] });
    expect(split.body.data.incident).toBe('checkout-1005.1');
    const made = await get('checkout-1005.1');
    expect(made.affected).toEqual(['frontend']);
    expect(made.incident.timeline).toMatchObject([{ what: 'ann split it off checkout-1005: 1 alert' }]);
    expect((await get('checkout-1005')).affected).toEqual(['payment', 'checkout']);
    const back = await post('merge', { by: 'ann', ids: ['checkout-1005', 'checkout-1005.1'] });
    expect(back.code).toBe(200);
    expect((await get('checkout-1005')).affected).toEqual(['payment', 'checkout', 'frontend']);
  });
});

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const toForm = { method: 'POST', url: '/incidents/checkout-1005/feedback' } as const;

describe('only a page of ours', () => {
  it.each([
    [{ 'sec-fetch-site': 'same-origin', origin: 'http://us' }, 303],
    [{ origin: 'http://us', host: 'us' }, 303],
    [{}, 303],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-site' }, 403],
    [{ origin: 'http://elsewhere', host: 'us' }, 403],
    [{ origin: 'http://us:81', host: 'us' }, 403],
    [{ origin: 'null', host: 'us' }, 403],
  ])('with %j the form answers %i', async (headers, code) => {
    const answer = await server.app.inject({
      ...toForm,
      headers: { ...form, ...headers },
      payload: 'by=ann&act=ack&text=',
    });
    expect(answer.statusCode).toBe(code);
    expect(deedsIn(store)).toEqual(code === 303 ? ['ann incident-acknowledged'] : []);
  });

  it('and the API neither', async () => {
    const { code } = await post('checkout-1005/ack', { by: 'ann' }, { origin: 'http://elsewhere' });
    expect([code, deedsIn(store)]).toEqual([403, []]);
  });
});

it('a form that says nothing that can be taken is answered by a page with the reason', async () => {
  const payload = 'by=&act=note&text=hm';
  const answer = await server.app.inject({ ...toForm, headers: form, payload });
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'text/html; charset=utf-8']);
  expect(answer.body).toContain('by: must be the name of who says it');
  const odd = await server.app.inject({ ...toForm, headers: form, payload: 'act=split&by=ann' });
  expect([odd.statusCode, odd.body.includes('act: must be ack, confirm, reject or note')]).toEqual([
    400,
    true,
  ]);
});

describe('with users in the web config', () => {
  const password = 'correct horse';
  const login = { authorization: `Basic ${Buffer.from(`oncall:${password}`).toString('base64')}` };
  beforeEach(async () => {
    await server.close();
    const webConfig = webConfigSchema.parse({ basic_auth_users: { oncall: hashSync(password, 4) } });
    start({ webConfig });
  });

  it('nobody else says anything', async () => {
    expect((await post('checkout-1005/ack', { by: 'ann' })).code).toBe(401);
    expect(deedsIn(store)).toEqual([]);
  });

  it('who is logged in says it, unless another name is given; then both are in the log', async () => {
    await post('checkout-1005/ack', {}, login);
    await post('checkout-1005/reject', { by: 'ann' }, login);
    expect(deedsIn(store)).toEqual(['oncall incident-acknowledged', 'ann incident-rejected']);
    expect(store.audit.after(2, 1)[0]?.details).toMatchObject({ by: 'ann', user: 'oncall' });
  });
});
