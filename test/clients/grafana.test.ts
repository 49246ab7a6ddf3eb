import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGrafana, type Grafana } from '../../clients/grafana.ts';
import type { GrafanaOutcome } from '../../clients/grafana-failure.ts';
import { createHttpClient } from '../../collectors/http-client.ts';
import type { HttpSender } from '../../core/http-client.ts';
import { createDocumentedGrafana, type DocumentedGrafana } from '../integration/documented-grafana.ts';

const never = new AbortController().signal;

describe('what Grafana answers', () => {
  let server: DocumentedGrafana;
  let grafana: Grafana;
  let outcomes: GrafanaOutcome[];
  const connect = (credentials: string, timeout = 5000) =>
    createGrafana(
      { url: `${server.url}/`, timeout, observe: outcome => outcomes.push(outcome) },
      createHttpClient({ headers: {}, authorization: { type: 'Bearer', credentials } }),
    );
  beforeEach(async () => {
    server = await createDocumentedGrafana();
    outcomes = [];
    grafana = connect('good-token');
  });
  afterEach(() => server.close());

  it('a folder that is not there is undefined, and is there when it was added', async () => {
    expect(await grafana.folder('ours', never)).toBeUndefined();
    await grafana.addFolder({ uid: 'ours', title: 'Ours' }, never);
    expect(await grafana.folder('ours', never)).toBe('Ours');
    expect(outcomes).toEqual(['missing', 'ok', 'ok']);
  });

  it('a save over another version than the one that is there is a conflict, in the words of Grafana', async () => {
    const dashboard = { uid: 'a', title: 'A', version: 0 };
    const save = { dashboard, folderUid: '', message: 'm', overwrite: false };
    expect(await grafana.saveDashboard(save, never)).toBe(1);
    await expect(grafana.saveDashboard(save, never)).rejects.toMatchObject({
      outcome: 'conflict',
      retryable: false,
      message: expect.stringContaining('answered 412: The dashboard has been changed by someone else'),
    });
    expect(await grafana.saveDashboard({ ...save, overwrite: true }, never)).toBe(2);
  });

  it('a wrong token is told without repeating it, and may be right later', async () => {
    const wrong = connect('secret-but-wrong');
    const error = await wrong.folder('ours', never).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ outcome: 'unauthorized', retryable: true });
    expect(String(error)).toContain('answered 401 (it does not accept the token');
    expect(String(error)).not.toContain('secret-but-wrong');
  });

  it.each([
    [403, 'unauthorized', true, 'may not do this'],
    [412, 'conflict', false, 'fault 412'],
    [400, 'refused', false, 'fault 400'],
    [429, 'failed', true, 'fault 429'],
    [500, 'failed', true, 'answered 500: fault 500'],
    ['page', 'not_grafana', true, 'with a page (HTML) instead of JSON'],
    ['redirect', 'not_grafana', true, 'a redirect to "/login"'],
  ] as const)('%s is told as %s', async (fault, outcome, retryable, words) => {
    server.fault = () => fault;
    const error = await grafana.dashboard('a', never).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ outcome, retryable, message: expect.stringContaining(words) });
    expect(String(error)).not.toContain('abc');
    expect(outcomes).toEqual([outcome]);
  });

  it.each(['hang', 'half'] as const)('no whole answer in time is told with the time: %s', async fault => {
    server.fault = () => fault;
    await expect(connect('good-token', 50).dashboard('a', never)).rejects.toMatchObject({
      outcome: 'no_answer',
      retryable: true,
      message: expect.stringContaining('no answer within 50 ms'),
    });
  });

  it('a stop ends what is under way, and counts nothing', async () => {
    const stop = new AbortController();
    server.fault = () => {
      stop.abort();
      return 'hang';
    };
    await expect(grafana.dashboard('a', stop.signal)).rejects.toThrow('aborted');
    expect(outcomes).toEqual([]);
  });

  it('an annotation is found by its tags and ended by its id; one that is gone is told', async () => {
    const mark = { time: 1000, text: 'deploy', tags: ['foreshock', 'foreshock:1'] };
    const id = await grafana.addAnnotation(mark, never);
    expect(await grafana.endAnnotation(id, 5000, never)).toBe(true);
    expect(await grafana.annotations(['foreshock', 'foreshock:1'], never)).toMatchObject([
      { id, time: 1000, timeEnd: 5000, text: 'deploy' },
    ]);
    expect(await grafana.annotations(['foreshock', 'foreshock:2'], never)).toEqual([]);
    expect(await grafana.endAnnotation(99, 5000, never)).toBe(false);
  });
});

describe('what something before Grafana repeats of a request', () => {
  const answering = (status: number, message: string, location?: string) => {
    const sender: HttpSender = {
      close: async () => undefined,
      send: async () => ({
        status,
        headers: location === undefined ? {} : { location },
        body: Readable.from([Buffer.from(JSON.stringify({ message }))]),
      }),
    };
    return createGrafana({ url: 'http://grafana.test', timeout: 5000 }, sender)
      .folder('ours', never)
      .catch((failure: unknown) => String(failure));
  };

  it('is told without credentials', async () => {
    for (const status of [400, 403, 412, 500]) {
      const said = await answering(status, 'no: Bearer s3cret, basic czNjcmV0, glsa_s3cret_1f of you');
      expect(said).toContain('no: <secret> <secret> <secret> of you');
      expect(said).not.toMatch(/s3cret|czNj/);
    }
    expect(await answering(302, '', 'http://u:s3cret@grafana.test/login?t=s3cret')).toContain(
      'a redirect to "http://grafana.test/login"',
    );
  });
});
