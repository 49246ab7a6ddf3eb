import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IncidentView } from '../../server/model.ts';
import { began, checkoutIncident } from './checkout-incident.ts';
import { browserPresent, openPageBrowser, type PageBrowser } from './page-browser.ts';

function ended(): IncidentView {
  const view = checkoutIncident();
  return {
    ...view,
    title: 'mail: queue is long',
    affected: ['mail'],
    incident: { ...view.incident, id: 'mail-1005', endsAt: began + 600_000, suspects: [] },
  };
}

describe.runIf(browserPresent)('the list of all incidents, in a real browser', () => {
  let browser: PageBrowser;
  let views: readonly IncidentView[];
  beforeAll(async () => {
    browser = await openPageBrowser(() => views);
  });
  beforeEach(() => {
    views = [checkoutIncident(), ended()];
  });
  afterAll(() => browser?.close());

  it('is filtered by a form that works without a script, and shows what it was asked', async () => {
    const { page, faults } = await browser.open('/incidents', { script: false });
    await page.locator('summary', { hasText: 'More filters' }).click();
    await page.getByLabel('Service').fill('mail');
    await page.getByLabel('State').selectOption('ended');
    await page.getByLabel('Severity').selectOption('critical');
    await page.getByLabel('Since, UTC').fill('2026-03-01T10:00');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL(/service=mail/);
    expect(await page.textContent('h1')).toBe('1 of 2 incidents');
    expect(await page.locator('.list strong').allTextContents()).toEqual(['mail: queue is long']);
    expect(await page.getByLabel('Service').isVisible()).toBe(true);
    expect(await page.getByLabel('Service').inputValue()).toBe('mail');
    expect(await page.getByLabel('State').inputValue()).toBe('ended');
    expect(await page.getByLabel('Severity').inputValue()).toBe('critical');
    expect(await page.getByLabel('Since, UTC').inputValue()).toBe('2026-03-01T10:00');
    await page.getByRole('link', { name: 'Show all' }).click();
    expect(await page.textContent('h1')).toBe('2 incidents');
    expect(faults).toEqual([]);
  });

  it('is searched by keyboard alone: / goes to the text, letters there are text, Enter asks', async () => {
    const { page, faults } = await browser.open('/incidents', {});
    await page.keyboard.press('/');
    await page.keyboard.type('QUEUE jr/?');
    expect(await page.getByLabel('Text').inputValue()).toBe('QUEUE jr/?');
    await page.getByLabel('Text').fill('queue');
    await page.keyboard.press('Enter');
    await page.waitForURL(/text=queue/);
    expect(await page.locator('.list strong').allTextContents()).toEqual(['mail: queue is long']);
    expect(faults).toEqual([]);
  });

  it('keeps its filter when it refreshes itself, and what somebody is writing', async () => {
    const { page } = await browser.open('/incidents?state=open', {});
    await page.getByLabel('Text').fill('half a wo');
    views = [{ ...checkoutIncident(), title: 'checkout is worse now' }, ended()];
    const answered = page.waitForResponse(answer => answer.url() === page.url());
    await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
    expect((await answered).url()).toContain('/incidents?state=open');
    await page.locator('.list', { hasText: 'worse now' }).waitFor();
    expect(await page.locator('.list strong').allTextContents()).toEqual(['checkout is worse now']);
    expect(await page.getByLabel('Text').inputValue()).toBe('half a wo');
  });

  it('says what of the address it did not understand, and lets nothing of it break out', async () => {
    const { page, faults } = await browser.open(
      `/incidents?since=${encodeURIComponent('"><script>x</script>')}`,
      {},
    );
    expect(await page.locator('.suspect').textContent()).toContain('is no time');
    expect(await page.locator('main script').count()).toBe(0);
    expect(await page.textContent('h1')).toBe('2 of 2 incidents');
    expect(faults).toEqual([]);
  });
});
