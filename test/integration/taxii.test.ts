import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { taxii } from '../../collectors/taxii.ts';
import type { FeedPage } from '../../core/indicator.ts';
import { createAuthority } from '../certificates.ts';
import { temporaryFolder } from './loopback-server.ts';
import { createTaxiiServer, missingTaxii, type TaxiiServer } from './services/taxii.ts';

/** Page size of the server is 20. */
const indicator = (n: number, more: object = {}) => ({
  type: 'indicator',
  spec_version: '2.1',
  id: `indicator--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  created: '2026-11-01T00:00:00.000Z',
  modified: '2026-11-01T00:00:00.000Z',
  pattern: `[ipv4-addr:value = '198.51.100.${n}']`,
  pattern_type: 'stix',
  valid_from: '2026-11-01T00:00:00.000Z',
  indicator_types: ['malicious-activity'],
  ...more,
});

describe.skipIf(missingTaxii())(
  'what is read from a real TAXII 2.1 server over TLS with client certificates',
  () => {
    const dir = temporaryFolder('taxii');
    const authority = createAuthority(dir, 'feeds');
    const client = authority.issue('foreshock');
    let server: TaxiiServer;

    beforeAll(async () => {
      const own = authority.issue('taxii', { names: 'IP:127.0.0.1' });
      server = await createTaxiiServer({ dir, ca_file: authority.ca_file, server: own, client });
      await server.start();
    });
    afterAll(async () => {
      await server?.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    async function read(
      given: Partial<z.input<typeof taxii.options>> = {},
      from?: string,
    ): Promise<FeedPage[]> {
      const { basic_auth, rootUrl: url } = server;
      const tls_config = { ca_file: authority.ca_file, ...client };
      const collector = taxii.create(
        taxii.options.parse({ url, basic_auth, tls_config, ...given }),
        undefined,
      );
      const pages: FeedPage[] = [];
      try {
        for await (const page of collector.poll(from, new AbortController().signal)) pages.push(page);
      } finally {
        await collector.close();
      }
      return pages;
    }
    const idsOf = (pages: readonly FeedPage[]) => pages.flatMap(({ updates }) => updates.map(({ id }) => id));

    it('reads all pages of a collection, each object once, and nothing of other types', async () => {
      const malware = {
        type: 'malware',
        spec_version: '2.1',
        id: 'malware--00000000-0000-4000-8000-000000000001',
        created: '2026-11-01T00:00:00.000Z',
        modified: '2026-11-01T00:00:00.000Z',
        is_family: false,
      };
      await server.add([malware, ...Array.from({ length: 50 }, (_, n) => indicator(n))]);
      const pages = await read();
      expect(pages.length).toBe(3);
      expect(new Set(idsOf(pages)).size).toBe(50);
      expect(idsOf(pages).length).toBe(50);
      expect(pages[0]?.updates[0]?.values).toEqual([{ type: 'ipv4', value: '198.51.100.0' }]);
    });

    it('finds the API root by the discovery', async () => {
      expect(idsOf(await read({ url: server.discoveryUrl })).length).toBe(50);
    });

    it('reads on after the stored position, also after one of the middle of a poll, and what was added since', async () => {
      const pages = await read({ overlap: '0s' });
      const middle = idsOf(await read({}, pages[0]?.position));
      const rest = idsOf(pages).slice(20);
      expect(rest.filter(id => !middle.includes(id))).toEqual([]);
      const withdrawn = indicator(3, { modified: '2026-11-02T00:00:00.000Z', revoked: true });
      await server.add([indicator(100), withdrawn]);
      const more = (await read({ overlap: '0s' }, pages.at(-1)?.position)).flatMap(({ updates }) => updates);
      expect(more.slice(-2).map(({ id, revoked }) => [id, revoked])).toEqual([
        [indicator(100).id, false],
        [withdrawn.id, true],
      ]);
    });

    it('says what is missing where the client has no certificate, a wrong password, or asks for another collection', async () => {
      const { ca_file } = authority;
      await expect(read({ tls_config: { ca_file } })).rejects.toThrow(/client certificate/);
      await expect(read({ basic_auth: { username: 'feed', password: 'wrong' } })).rejects.toThrow(
        /answered 401: does it know our user/,
      );
      await expect(read({ collections: ['malware'] })).rejects.toThrow(
        'no collection malware that we may read; there are: indicators',
      );
      await expect(read({ url: `${server.url}/nowhere/` })).rejects.toThrow(
        /answered 404: is the url that of an API root/,
      );
    });
  },
);
