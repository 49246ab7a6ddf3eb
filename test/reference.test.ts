import path from 'node:path';
import { expect, it } from 'vitest';
import { commandsPage } from './reference/commands.ts';
import { configurationPage } from './reference/configuration.ts';
import { metricsPage } from './reference/metrics.ts';
import { packsPage } from './reference/packs.ts';

const docs = path.resolve(import.meta.dirname, '../docs');

/** `npm run docs` writes the pages; here they must be current. */
it.each([
  ['configuration.md', configurationPage],
  ['commands.md', commandsPage],
  ['metrics.md', metricsPage],
  ['packs.md', packsPage],
])('docs/%s is what the code says', async (name, page) => {
  await expect(page()).toMatchFileSnapshot(path.join(docs, name));
});
