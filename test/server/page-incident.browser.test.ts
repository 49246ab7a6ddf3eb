import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkoutIncident } from './checkout-incident.ts';
import { browserPresent, openPageBrowser, type PageBrowser } from './page-browser.ts';

describe.runIf(browserPresent)('the page of an incident, in a real browser', () => {
  let browser: PageBrowser;
  beforeAll(async () => {
    browser = await openPageBrowser(() => [checkoutIncident()]);
  });
  afterAll(() => browser?.close());

  it.each([1200, 600, 390, 320])('at a width of %i the names in the topology can be read', async width => {
    const { page } = await browser.open('/incidents/checkout-1005', { width });
    const figure = page.locator('[data-part=around] figure');
    const names = figure.locator('svg g text').filter({ visible: true });
    expect(await names.allTextContents()).toEqual([
      '1. payment',
      '2. checkout',
      'frontend',
      expect.stringMatching(/^ledg.*….*west$/),
      'cart',
    ]);
    for (const box of await Promise.all((await names.all()).map(name => name.boundingBox())))
      expect(box!.height).toBeGreaterThanOrEqual(11);
  });

  it('the topology is told in words too, and its first suspect stands out', async () => {
    const { page } = await browser.open('/incidents/checkout-1005', { script: false });
    const around = page.locator('[data-part=around]');
    await around.locator('summary').click();
    expect(await around.locator('li').first().textContent()).toContain(
      'payment: first suspect, has alerts; depends on ledger-database-primary-eu-west; used by frontend and checkout',
    );
    const picture = around.locator('svg').first();
    expect(await picture.locator('desc').textContent()).toContain('frontend depends on checkout');
    const look = (nth: number) =>
      picture
        .locator('g rect')
        .nth(nth)
        .evaluate(rect => [rect.getAttribute('stroke'), rect.getAttribute('fill')]);
    const [first, second, plain] = [await look(0), await look(1), await look(4)];
    expect(new Set([first[0], second[0], plain[0]]).size).toBe(3);
    expect([first[1] === second[1], first[1] === plain[1]]).toEqual([true, false]);
  });

  it('a change stands out in the timeline from what came of it', async () => {
    const { page } = await browser.open('/incidents/checkout-1005', {});
    const lines = await page.locator('[data-part=timeline] dd').allTextContents();
    expect(lines.map(line => /^(Change |Log )/.exec(line)?.[1])).toEqual([
      'Change ',
      'Log ',
      undefined,
      undefined,
    ]);
  });

  it('a mark in the picture leads to its line in the timeline, and that to what it links to', async () => {
    const { page } = await browser.open('/incidents/checkout-1005', { width: 390 });
    await page.locator('[data-part=signals] svg a').filter({ visible: true }).first().click();
    const line = page.locator('.time :target');
    expect(await line.textContent()).toContain('Change 1 image of payment: v41 to v42');
    expect(await line.locator('a').getAttribute('href')).toBe('https://git.example/payment/v42');
  });

  it('it leads to its dashboard, its runbook and a silence, each alert to its source and a silence of its own', async () => {
    const { page } = await browser.open('/incidents/checkout-1005', { script: false });
    const links = (part: string) =>
      page
        .locator(`[data-part=${part}] a`)
        .evaluateAll(all => all.map(link => decodeURIComponent(link.getAttribute('href') ?? '')));
    const silence = 'http://alertmanager.example:9093/#/silences/new?filter=';
    expect(await links('head')).toEqual([
      '/d/foreshock-checkout',
      '/runbooks/ForeshockIncident',
      `${silence}{alertname="ForeshockIncident",incident="checkout-1005"}`,
    ]);
    expect((await links('members')).slice(0, 2)).toEqual([
      'http://prometheus.example:9090/graph?g0.expr=up',
      `${silence}{alertname="LatencyHigh",service="payment",severity="critical"}`,
    ]);
  });
});
