import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { IncidentView } from '../../server/model.ts';
import { began, checkoutIncident } from './checkout-incident.ts';
import { browserPresent, type Look, openPageBrowser, type PageBrowser } from './page-browser.ts';
import { contrast, luminance, readTexts } from './page-look.ts';

const shots = process.env.FORESHOCK_SCREENSHOTS;

it('a browser is there, at least where CI is set', () => {
  expect(browserPresent || !process.env.CI, 'no browser: install chromium').toBe(true);
});

describe.runIf(browserPresent)('page in a real browser', () => {
  let browser: PageBrowser;
  /** What the server shows; a test may change it. */
  let views: readonly IncidentView[];

  beforeAll(async () => {
    browser = await openPageBrowser(() => views);
  });
  beforeEach(() => {
    views = [checkoutIncident()];
  });
  afterAll(() => browser?.close());

  const open = (path: string, look: Look) => browser.open(path, look);

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
    expect(await focused.textContent()).toBe('Open its dashboard');
    for (let n = 0; n < 3; n++) await page.keyboard.press('j');
    expect(await focused.getAttribute('aria-label')).toBe('First suspect');
    await page.keyboard.press('?');
    expect(await page.locator('dialog').isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('dialog').isVisible()).toBe(false);
    await page.keyboard.press('Escape');
    await page.waitForURL(`${browser.url}/`);
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

  const paths = [
    '/',
    '/incidents',
    '/incidents?text=nothing&state=closed',
    '/incidents/checkout-1005',
    '/incidents/none',
    '/runbooks',
  ];
  const looks = paths.flatMap(path => [[path, 'light', false] as const, [path, 'dark', true] as const]);

  it.each(looks)('%s in %s has enough contrast everywhere, and no fault', async (path, scheme, dark) => {
    const { page, faults } = await open(path, { dark });
    await shoot(page, `${path.replaceAll('/', '-')}-${scheme}`);
    await page.evaluate(`for (const fold of document.querySelectorAll('details')) fold.open = true`);
    const texts = await readTexts(page);
    expect(texts.length).toBeGreaterThan(5);
    const pale = texts.filter(({ ink, paper, large }) => contrast(ink, paper) < (large ? 3 : 4.5));
    expect(pale).toEqual([]);
    expect(luminance(texts[0]!.ink) > luminance(texts[0]!.paper)).toBe(dark);
    expect(faults.filter(fault => !fault.includes('404'))).toEqual([]);
  });

  it.each(paths)(
    '%s can be read by a machine: headings in order, names, one main, no id twice',
    async path => {
      const { page } = await open(path, {});
      const levels = await page.evaluate<number[]>(
        `[...document.querySelectorAll('h1,h2,h3,h4')].filter(h => !h.closest('dialog')).map(h => Number(h.tagName[1]))`,
      );
      expect(levels.filter(level => level === 1)).toHaveLength(1);
      expect(levels[0]).toBe(1);
      for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1);
      const nameless = await page.evaluate<string[]>(
        `[...document.querySelectorAll('a,button,summary,[role=img],[role=region],[role=group]')]
        .filter(each => !(each.getAttribute('aria-label') || each.textContent.trim())).map(each => each.outerHTML)`,
      );
      expect(nameless).toEqual([]);
      const [mains, ids, lang] = await page.evaluate<[number, string[], string]>(
        `[document.querySelectorAll('main').length, [...document.querySelectorAll('[id]')].map(each => each.id), document.documentElement.lang]`,
      );
      expect([mains, lang]).toEqual([1, 'en']);
      expect(new Set(ids).size).toBe(ids.length);
    },
  );

  it.each(paths.flatMap(path => [[path, 390] as const, [path, 320] as const]))(
    '%s fits a width of %i, shifts nothing while it loads',
    async (path, width) => {
      const { page } = await open(path, { width });
      await shoot(page, `${path.replaceAll('/', '-')}-${width}`);
      await watchShifts(page);
      expect(await shifts(page)).toEqual([]);
      await page.evaluate(`for (const fold of document.querySelectorAll('details')) fold.open = true`);
      const [inside, window] = await page.evaluate<[number, number]>(
        `[document.documentElement.scrollWidth, document.documentElement.clientWidth]`,
      );
      expect(inside).toBeLessThanOrEqual(window);
    },
  );

  describe('refreshes itself', () => {
    const path = '/incidents/checkout-1005';

    /** Lets the page ask for itself as it does when its tab is shown again: nobody touched it. */
    async function tick(page: Page): Promise<void> {
      const answered = page.waitForResponse(answer => answer.url() === page.url());
      await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
      await answered;
      await page.evaluate(`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`);
    }

    function change(to: (view: IncidentView) => IncidentView): void {
      views = views.map(to);
    }
    const grown = (view: IncidentView): IncidentView => ({
      ...view,
      incident: {
        ...view.incident,
        timeline: [
          ...view.incident.timeline,
          ...Array.from({ length: 9 }, (_, i) => ({ at: began + i, what: `later event ${i}` })),
        ],
      },
    });

    it('swaps what changed, keeps focus, folds and scroll, and moves nothing', async () => {
      const { page, faults } = await open(path, {});
      await page.locator('summary', { hasText: 'frontend' }).click();
      await page.locator('summary', { hasText: 'frontend' }).focus();
      await page.evaluate(`scrollTo(0, document.body.scrollHeight)`);
      const before = await page.evaluate<number>('scrollY');
      await watchShifts(page);
      change(view => ({
        ...view,
        incident: {
          ...view.incident,
          members: view.incident.members.map(member => ({ ...member, reason: 'for another reason' })),
        },
      }));
      await tick(page);
      expect(await page.textContent('[data-part=members]')).toContain('for another reason');
      expect(await page.locator(':focus').textContent()).toContain('frontend');
      expect(await page.locator('details[data-key="place frontend"]').getAttribute('open')).toBe('');
      expect(await page.evaluate<number>('scrollY')).toBe(before);
      expect(await shifts(page)).toEqual([]);
      expect(await page.textContent('#live')).toMatch(/^Up to date \d\d:\d\d:\d\d UTC$/);
      expect(faults).toEqual([]);
    });

    it('lets what would move wait in sight, says so, and shows it when it is asked to', async () => {
      const { page } = await open(path, {});
      await page.evaluate(
        `document.querySelector('[data-part=timeline]').scrollIntoView({ block: 'center' })`,
      );
      await watchShifts(page);
      change(grown);
      await tick(page);
      expect(await page.textContent('[data-part=timeline]')).not.toContain('later event 8');
      expect(await page.locator('#news').isVisible()).toBe(true);
      expect(await shifts(page)).toEqual([]);
      await page.keyboard.press('r');
      await page.locator('[data-part=timeline]', { hasText: 'later event 8' }).waitFor();
      expect(await page.locator('#news').isVisible()).toBe(false);
    });

    it('grows above and below of what is read without moving it', async () => {
      const { page } = await open(path, { width: 390 });
      await page.setViewportSize({ width: 390, height: 300 });
      await page.evaluate(`document.querySelector('[data-part=figures]').scrollIntoView()`);
      const top = () =>
        page.evaluate<number>(`document.querySelector('[data-part=figures]').getBoundingClientRect().top`);
      const before = await top();
      await watchShifts(page);
      change(({ incident, ...view }) => {
        const [first, ...others] = incident.suspects;
        const evidence = [...first!.evidence, 'one more sign', 'and another one'];
        return { ...view, incident: { ...incident, suspects: [{ ...first!, evidence }, ...others] } };
      });
      await tick(page);
      expect(await page.textContent('[data-part=suspect]')).toContain('and another one');
      expect(Math.abs((await top()) - before)).toBeLessThan(1);
      expect(await shifts(page)).toEqual([]);
    });

    it('keeps what somebody types while others say something', async () => {
      const { page } = await open(path, {});
      const note = page.getByLabel('Note');
      await note.fill('the pool of the ledger is empty');
      await note.press('ArrowLeft');
      const acknowledged = { at: began, by: 'eve', text: undefined };
      change(view => ({ ...view, feedback: { notes: [], verdict: undefined, acknowledged } }));
      await tick(page);
      await page.evaluate('refresh(true)');
      await page.locator('[data-part=feedback]', { hasText: 'eve' }).waitFor();
      await page.keyboard.type(' or gone');
      expect(await note.inputValue()).toBe('the pool of the ledger is empt or goney');
    });

    it('counts open incidents in its title, and says when nobody answers', async () => {
      const { page } = await open('/', {});
      expect(await page.title()).toBe('(1) foreshock');
      views = [];
      await tick(page);
      expect(await page.title()).toBe('foreshock');
      await page.route('**/*', route => route.abort());
      await page.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
      await page.locator('#live', { hasText: /^No answer since/ }).waitFor();
    });
  });

  it('works without any script: folds open, links lead on, and it loads itself anew', async () => {
    const { page } = await open('/', { script: false });
    expect(await page.locator('meta[http-equiv=refresh]').getAttribute('content')).toBe('30');
    await page.locator('a[href="/incidents/checkout-1005"]').click();
    await page.locator('summary', { hasText: 'frontend' }).click();
    expect(await page.locator('text=calls checkout, and began 1m after it').isVisible()).toBe(true);
  });
});

/** Begins to write down what of all that is seen moves by itself (Layout Instability), from the load on. */
async function watchShifts(page: Page): Promise<void> {
  await page.evaluate(`{
    window.shifted = [];
    const name = ({ node }) => node?.dataset?.part ?? node?.className ?? node?.nodeName;
    const add = list => { for (const entry of list) if (!entry.hadRecentInput) window.shifted.push(entry.value + ' by ' + entry.sources.map(name)); };
    new PerformanceObserver(list => add(list.getEntries())).observe({ type: 'layout-shift', buffered: true });
  }`);
}

async function shifts(page: Page): Promise<readonly string[]> {
  return page.evaluate<string[]>(`new Promise(done => {
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(window.shifted), 50)));
  })`);
}
