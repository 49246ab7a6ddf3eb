import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMetrics } from '../../server/metrics.ts';
import { createServer, type Server } from '../../server/server.ts';
import { checkoutIncident, stateOf } from './checkout-incident.ts';

const executablePath = '/usr/bin/chromium';
const present = existsSync(executablePath);
const shots = process.env.FORESHOCK_SCREENSHOTS;
if (!present) console.error(`NO BROWSER at ${executablePath}: the page is not tested in a real browser`);

it('a browser is there, at least where CI is set', () => {
  expect(present || !process.env.CI, `no browser at ${executablePath}`).toBe(true);
});

describe.runIf(present)('page in a real browser', () => {
  let browser: Browser;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const log = (message: string, error: unknown): void => console.error(message, error);
    server = createServer({
      state: stateOf([checkoutIncident()]),
      registry: createMetrics().registry,
      routes: [],
      log,
    });
    ({ url } = await server.listen('127.0.0.1:0'));
    const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    const quiet = ['--disable-component-update', '--disable-sync', '--no-first-run'];
    browser = await chromium.launch({ executablePath, args: [...flags, ...quiet] });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  async function open(path: string, look: { dark?: boolean; width?: number }) {
    const page = await browser.newPage({
      colorScheme: look.dark === true ? 'dark' : 'light',
      viewport: { width: look.width ?? 1200, height: 900 },
    });
    const faults: string[] = [];
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    page.on('pageerror', error => faults.push(error.message));
    await page.goto(url + path);
    return { page, faults };
  }

  async function shoot(page: Page, name: string): Promise<void> {
    if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
  }

  it('opens the incident by keyboard and goes back', async () => {
    const { page, faults } = await open('/', {});
    await shoot(page, 'overview');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/incidents/checkout-1005');
    expect(await page.textContent('h1')).toContain('payment is slow');
    await page.keyboard.press('j');
    const focused = page.locator(':focus');
    expect(await focused.getAttribute('aria-label')).toBe('First suspect');
    await page.keyboard.press('?');
    expect(await page.locator('dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    await page.waitForURL(`${url}/`);
    expect(faults).toEqual([]);
  });

  it('the one open incident is one Enter away', async () => {
    const { page } = await open('/', {});
    await page.keyboard.press('Enter');
    await page.waitForURL('**/incidents/checkout-1005');
  });

  it('the first Tab reaches a visible skip link', async () => {
    const { page } = await open('/', {});
    await page.keyboard.press('Tab');
    const box = await page.locator('.skip:focus').boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['light', false],
    ['dark', true],
  ])('follows the %s scheme with enough contrast and no fault', async (name, dark) => {
    const { page, faults } = await open('/incidents/checkout-1005', { dark });
    await shoot(page, name);
    const [ink, paper] = await page.evaluate<[string, string]>(
      `[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]`,
    );
    expect(luminance(ink) > luminance(paper)).toBe(dark);
    const [light, deep] = [luminance(ink), luminance(paper)].sort((a, b) => b - a);
    expect((light! + 0.05) / (deep! + 0.05)).toBeGreaterThan(7);
    expect(faults).toEqual([]);
  });

  it.each(['/', '/incidents/checkout-1005'])('%s shifts nothing and fits a phone', async path => {
    const { page, faults } = await open(path, { width: 360 });
    await shoot(page, path === '/' ? 'phone-overview' : 'phone');
    const shift = await page.evaluate<number>(`new Promise(done => {
      let sum = 0;
      const add = list => { for (const entry of list) sum += entry.value; };
      const observer = new PerformanceObserver(list => add(list.getEntries()));
      observer.observe({ type: 'layout-shift', buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => { add(observer.takeRecords()); done(sum); }));
    })`);
    expect(shift).toBe(0);
    const [inside, window] = await page.evaluate<[number, number]>(
      `[document.documentElement.scrollWidth, document.documentElement.clientWidth]`,
    );
    expect(inside).toBeLessThanOrEqual(window);
    expect(faults).toEqual([]);
  });
});

/** Relative luminance of an `rgb(r, g, b)` colour (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = (colour.match(/\d+/g) ?? []).map(text => {
    const c = Number(text) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
