import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../core/store.ts';
import type { Server } from '../../server/server.ts';
import { openStore } from '../../store/sqlite.ts';
import { deedsIn, feedbackServer } from './feedback-desk.ts';

const executablePath = '/usr/bin/chromium';

describe.runIf(existsSync(executablePath))('feedback on the page, in a real browser', () => {
  let browser: Browser;
  let store: Store;
  let server: Server;
  let url: string;

  beforeAll(async () => {
    const flags = ['--no-sandbox', '--disable-gpu', '--disable-background-networking'];
    browser = await chromium.launch({ executablePath, args: flags });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    store = openStore(':memory:');
    server = feedbackServer(store);
    ({ url } = await server.listen('127.0.0.1:0'));
  });
  afterEach(async () => {
    await server.close();
    store.close();
  });

  async function open(javaScriptEnabled: boolean): Promise<{ page: Page; faults: string[] }> {
    const page = await browser.newPage({ javaScriptEnabled });
    const faults: string[] = [];
    page.on('console', message => {
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    await page.goto(`${url}/incidents/checkout-1005`);
    return { page, faults };
  }

  const said = (page: Page) => page.locator('[data-part=feedback] ul').textContent();

  it.each([
    ['Acknowledge', 'Acknowledged by ann', 'ann incident-acknowledged'],
    ['Confirm: it was real', 'Confirmed by ann', 'ann incident-confirmed'],
    ['Reject: a false page', 'Rejected as false by ann', 'ann incident-rejected'],
  ])('%s works without a script', async (button, words, deed) => {
    const { page, faults } = await open(false);
    await page.getByLabel('Your name').fill('ann');
    await page.getByRole('button', { name: button }).click();
    await page.waitForURL('**/incidents/checkout-1005#feedback');
    expect(await said(page)).toContain(words);
    expect([faults, deedsIn(store)]).toEqual([[], [deed]]);
  });

  it('works by keyboard alone: letters that are keys elsewhere are text in a field', async () => {
    const { page, faults } = await open(true);
    await page.getByLabel('Your name').focus();
    await page.keyboard.type('jkr?');
    await page.keyboard.press('Tab');
    await page.keyboard.type('just a note, ok?');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/incidents/checkout-1005#feedback');
    expect(await said(page)).toMatch(/Note by jkr\?, .*just a note, ok\?/);
    expect([faults, deedsIn(store)]).toEqual([[], ['jkr? incident-noted']]);
  });

  it('Escape leaves a field, and j comes to the buttons', async () => {
    const { page } = await open(true);
    await page.getByLabel('Note').focus();
    await page.keyboard.press('Escape');
    expect(page.url()).toContain('/incidents/checkout-1005');
    for (let n = 0; n < 3; n++) await page.keyboard.press('j');
    expect(await page.locator(':focus').textContent()).toBe('Acknowledge');
  });

  it('a text of somebody is text, never markup', async () => {
    const { page, faults } = await open(false);
    await page.getByLabel('Your name').fill('<b>ann</b>');
    await page.getByLabel('Note').fill('<script>alert(1)</script>');
    await page.getByRole('button', { name: 'Add the note' }).click();
    await page.waitForURL('**#feedback');
    expect(await said(page)).toContain('<b>ann</b>');
    expect(await page.locator('[data-part=feedback] script').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  it('a page of another site says nothing in the name of its reader', async () => {
    const { page } = await open(true);
    const form = `<form method="post" action="${url}/incidents/checkout-1005/feedback">
<input name="by" value="eve"><button name="act" value="reject">win</button></form>`;
    await page.route('http://elsewhere.example/', route =>
      route.fulfill({ contentType: 'text/html', body: form }),
    );
    await page.goto('http://elsewhere.example/');
    const answer = page.waitForResponse(each => each.url().startsWith(url));
    await page.getByRole('button').click();
    expect((await answer).status()).toBe(403);
    expect(deedsIn(store)).toEqual([]);
  });
});
