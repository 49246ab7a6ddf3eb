import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { feedCollectors } from '../../collectors/threat-feeds.ts';
import { loadConfig } from '../../config/load.ts';
import { builtinPacks } from '../../config/pack.ts';

const known = Object.entries(feedCollectors).map(([name, { options }]) => ({ name, options }));

/** What is wrong with a config of these feeds, each with its line and column. */
function mistakesOf(feeds: string, packs = '[threat_feeds]'): readonly string[] {
  const text = `logs: [{name: app, file_tail: {paths: [a]}}]\n${feeds}packs: ${packs}\n`;
  const built = new Set(builtinPacks().values());
  const loaded = loadConfig('/etc/foreshock.yaml', {
    env: {},
    feedCollectors: known,
    readFile: file => {
      if (file === '/etc/foreshock.yaml') return text;
      if (built.has(file)) return readFileSync(file, 'utf8');
      if (file === '/etc/misp.key') return 'secret';
      throw new Error('no such file');
    },
  });
  return loaded.ok ? [] : loaded.mistakes.map(({ line, column, message }) => `${line}:${column} ${message}`);
}
const taxii = 'taxii: {url: "https://feeds.example/taxii/"}';

describe('the block threat_feeds', () => {
  it('takes feeds of TAXII and of MISP', () => {
    const misp = '{name: b, interval: 4h, misp: {url: "https://misp.example", key_file: misp.key}}';
    expect(mistakesOf(`threat_feeds:\n  - {name: a, ${taxii}}\n  - ${misp}\n`)).toEqual([]);
  });

  it.each([
    ['interval: 5m', /must be from 15m to 4h/],
    ['interval: 5h', /must be from 15m to 4h/],
    ['misp: {url: "https://misp.example", key_file: misp.key}', /give exactly one of taxii, misp/],
  ])('refuses %s', (more, words) => {
    expect(mistakesOf(`threat_feeds: [{name: a, ${taxii}, ${more}}]\n`).join('\n')).toMatch(words);
  });

  it('says where an option of a collector is wrong, and a file missing', () => {
    expect(mistakesOf('threat_feeds:\n  - name: a\n    taxii: {url: "ftp://x", colections: [a]}\n')).toEqual([
      expect.stringMatching(/^4:\d+ must be an http or https URL/),
      expect.stringMatching(/^4:\d+ .*colections/),
    ]);
    const misp = 'threat_feeds: [{name: a, misp: {url: "https://misp.example", key_file: gone.key}}]\n';
    expect(mistakesOf(misp)).toEqual([expect.stringMatching(/the file cannot be read \(got "gone.key"\)/)]);
  });

  it('refuses a name twice, its pack without a feed, and a source of logs that takes its name', () => {
    expect(mistakesOf(`threat_feeds: [{name: a, ${taxii}}, {name: a, ${taxii}}]\n`)).toEqual([
      expect.stringContaining('the name is taken'),
    ]);
    expect(mistakesOf('')).toEqual([
      expect.stringContaining('the pack threat_feeds reads threat_feeds, and there is no `threat_feeds:`'),
    ]);
  });
});
