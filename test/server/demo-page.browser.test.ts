import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserPresent, type Look, openBrowser, type PageBrowser } from './page-browser.ts';
import { contrast, layoutFaults, readTexts } from './page-look.ts';

const root = path.resolve(import.meta.dirname, '../..');
const shots = process.env.FORESHOCK_SCREENSHOTS;

/** Runs the demo to its end; answers the address of the page of its incident. */
function told(demo: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    demo.stdout?.on('data', chunk => {
      text += String(chunk);
      const address = /^ +Page +(http\S+)$/m.exec(text)?.[1];
      if (address !== undefined) resolve(address);
    });
    demo.once('exit', code => reject(new Error(`the demo ended with ${code}: ${text}`)));
  });
}

/**
 * The demo's incident as it is drawn: always the same data at the same time. Boxes are compared, not pixels: other fonts move
 * letters by some pixels, a broken page puts things over one another or out of sight.
 */
describe.runIf(browserPresent)('the demo incident, in a real browser', () => {
  const out = mkdtempSync(path.join(tmpdir(), 'foreshock-demo-page-'));
  let demo: ChildProcess;
  let browser: PageBrowser;
  let address: URL;

  beforeAll(async () => {
    const args = ['dist/cli/main.js', 'demo', '--speed', '1000000', '--listen', '127.0.0.1:0', '--out', out];
    demo = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    address = new URL(await told(demo));
    browser = await openBrowser(address.origin);
  });
  afterAll(async () => {
    await browser?.close();
    demo?.kill('SIGTERM');
    rmSync(out, { recursive: true });
  });

  const open = async (look: Look) => {
    const { page, faults } = await browser.open(address.pathname, look);
    if (shots !== undefined)
      await page.screenshot({
        path: `${shots}/demo-${look.width}-${look.dark ? 'dark' : 'light'}.png`,
        fullPage: true,
      });
    return { page, faults };
  };

  const looks = [
    [1200, 'light', { width: 1200 }],
    [1200, 'dark', { width: 1200, dark: true }],
    [768, 'light', { width: 768 }],
    [390, 'light', { width: 390 }],
    [390, 'dark', { width: 390, dark: true }],
    [320, 'light', { width: 320 }],
  ] as const;
  it.each(looks)('%i wide, %s: nothing is cut, covered, pale or refused', async (_width, _scheme, look) => {
    const { page, faults } = await open(look);
    expect(await layoutFaults(page)).toEqual([]);
    await page.evaluate(`for (const fold of document.querySelectorAll('details')) fold.open = true`);
    expect(await layoutFaults(page)).toEqual([]);
    const pale = (await readTexts(page)).filter(
      ({ ink, paper, large }) => contrast(ink, paper) < (large ? 3 : 4.5),
    );
    expect(pale).toEqual([]);
    expect(faults).toEqual([]);
  });

  it.each([1200, 390])('%i wide: all that has a time lies on one axis', async width => {
    const { page } = await open({ width });
    const pictures = await page.locator('[data-part=signals] svg').filter({ visible: true }).all();
    expect(pictures.length).toBeGreaterThan(5);
    const places = await Promise.all(pictures.map(placesOfRules));
    expect(places[0]!.map(({ name }) => name)).toEqual(['first sign', 'began', 'ended']);
    for (const place of places) expect(place).toEqual(places[0]);
  });

  it('what is marked is told in the order in which it is seen: log lines, first sign, alerts', async () => {
    const { page } = await open({ width: 1200 });
    const mark = page.locator('[data-part=signals] svg a').filter({ visible: true }).first();
    expect(await mark.getAttribute('aria-label')).toMatch(
      /new lines: 1, catalog says for the first time: .*redis/,
    );
    await mark.focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('.time :target').textContent()).toMatch(
      /Log 1 catalog says for the first time/,
    );
  });

  it('every control is reached by Tab, in sight, and shows that it has the focus', async () => {
    const { page } = await open({ width: 1200 });
    const all = await page.evaluate<number>(
      `[...document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]')].filter(each => each.checkVisibility() && !each.closest('dialog, #news')).length`,
    );
    const stops: Stop[] = [];
    for (let n = 0; n < all; n++) {
      await page.keyboard.press('Tab');
      stops.push(await page.evaluate<Stop>(focused));
    }
    expect(new Set(stops.map(({ place }) => place)).size).toBe(all);
    expect(stops.filter(({ seen, marked }) => !seen || !marked)).toEqual([]);
  });

  it('on a phone every control is large enough for a finger', async () => {
    const { page } = await open({ width: 390 });
    const controls = await page
      .locator('.acts a, .acts button, summary, input')
      .filter({ visible: true })
      .all();
    for (const box of await Promise.all(controls.map(each => each.boundingBox())))
      expect(box!.height).toBeGreaterThanOrEqual(24);
  });

  it('a picture says in words what it shows', async () => {
    const { page } = await open({ width: 1200 });
    const words = await page.locator('main svg desc').allTextContents();
    expect(words.filter(text => text.length < 20)).toEqual([]);
    expect(words.join(' ')).toContain('call error ratio: ');
  });

  it('a person says that it was real', async () => {
    const { page, faults } = await open({ width: 390 });
    await page.getByLabel('Your name').fill('ann');
    await page.getByRole('button', { name: 'Confirm: it was real' }).click();
    await page.getByText('Confirmed by ann').waitFor();
    expect(faults).toEqual([]);
  });
});

interface Stop {
  readonly place: number;
  readonly seen: boolean;
  readonly marked: boolean;
}

/** What has the focus: which element, whether it lies in the window, and whether that can be seen. */
const focused = `(() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const line = getComputedStyle(at);
  const path = at.closest('svg') && getComputedStyle(at.querySelector('path'));
  return {
    place: [...document.querySelectorAll('*')].indexOf(at),
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    marked: path ? path.stroke !== 'none' : line.outlineStyle !== 'none' && Number.parseFloat(line.outlineWidth) >= 2,
  };
})()`;

/** Where the marked moments of a picture stand, in whole pixels of the window. */
function placesOfRules(
  picture: ReturnType<Page['locator']>,
): Promise<readonly { name: string; at: number }[]> {
  return picture.evaluate(svg =>
    [...svg.querySelectorAll('.rule')].map(line => ({
      name: line.parentElement?.querySelector('title')?.textContent ?? '',
      at: Math.round(line.getBoundingClientRect().left),
    })),
  );
}
