import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { createMetrics } from '../../server/metrics.ts';
import type { IncidentView } from '../../server/model.ts';
import { createServer } from '../../server/server.ts';
import { stateOf } from './checkout-incident.ts';

const executablePath = '/usr/bin/chromium';

/** True where a browser is there; where it is not, the pages are not tested in one. */
export const browserPresent = existsSync(executablePath);
if (!browserPresent)
  console.error(`NO BROWSER at ${executablePath}: the page is not tested in a real browser`);

export interface Look {
  readonly dark?: boolean;
  readonly width?: number;
  readonly script?: boolean;
}

/** A browser before a server; opened once for a file of tests, closed at its end. */
export interface PageBrowser {
  readonly url: string;
  /** The page at a path, and all that the browser finds wrong with it. */
  open(path: string, look: Look): Promise<{ readonly page: Page; readonly faults: string[] }>;
  close(): Promise<void>;
}

/** Opens a browser before the server at `url`, which is not its own to close. */
export async function openBrowser(url: string): Promise<PageBrowser> {
  const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
  const quiet = ['--disable-component-update', '--disable-sync', '--no-first-run'];
  const browser = await chromium.launch({ executablePath, args: [...flags, ...quiet] });
  let last: Page | undefined;
  return {
    url,
    async open(path, look) {
      // One that nobody looks at any more would go on asking for news.
      await last?.close();
      const page = await browser.newPage({
        javaScriptEnabled: look.script !== false,
        colorScheme: look.dark === true ? 'dark' : 'light',
        viewport: { width: look.width ?? 1200, height: 900 },
      });
      last = page;
      const faults: string[] = [];
      page.on('console', message => {
        if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
      });
      page.on('pageerror', error => faults.push(error.message));
      await page.goto(url + path);
      return { page, faults };
    },
    close: () => browser.close(),
  };
}

/** Opens a browser before a server that shows `views`, asked anew for each page. */
export async function openPageBrowser(views: () => readonly IncidentView[]): Promise<PageBrowser> {
  const server = createServer({
    state: {
      ...stateOf([]),
      incidents: views,
      incident: id => views().find(view => view.incident.id === id),
    },
    registry: createMetrics().registry,
    routes: [],
    log: (message, error) => console.error(message, error),
  });
  const { url } = await server.listen('127.0.0.1:0');
  const browser = await openBrowser(url);
  return {
    ...browser,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
