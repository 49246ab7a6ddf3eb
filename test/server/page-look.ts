import type { Page } from 'playwright-core';

/** A text in sight: its colour, and what lies behind it. */
export interface Text {
  readonly what: string;
  readonly ink: string;
  readonly paper: string;
  readonly large: boolean;
}

/** Every text in sight with its colour and what lies behind it; a script of the page, so it is a string. */
const textsInSight = `(() => {
  const clear = colour => colour === 'rgba(0, 0, 0, 0)' || colour === 'transparent';
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const paper = getComputedStyle(at).backgroundColor;
      if (!clear(paper)) return paper;
    }
    return 'rgb(255, 255, 255)';
  };
  const out = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest('script,style,title,desc')) continue;
    const style = getComputedStyle(element);
    const size = Number.parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ink = element.closest('svg') ? style.fill : style.color;
    out.push({ what: node.textContent.trim().slice(0, 40), ink, paper: behind(element), large });
  }
  return out;
})()`;

/** Contrast of two opaque colours (WCAG 2.2). */
export function contrast(ink: string, paper: string): number {
  const [light, deep] = [luminance(ink), luminance(paper)].sort((a, b) => b - a);
  return (light! + 0.05) / (deep! + 0.05);
}

/** Relative luminance of an `rgb(r, g, b)` colour (WCAG 2.2). */
export function luminance(colour: string): number {
  const [r, g, b] = (colour.match(/\d+/g) ?? []).map(text => {
    const c = Number(text) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

export function readTexts(page: Page): Promise<readonly Text[]> {
  return page.evaluate<readonly Text[]>(textsInSight);
}

/** Fonts differ from machine to machine: by so many pixels a text may reach over its place. */
const leeway = 2;

/** What is wrong with how a page lies, whatever its fonts; what only screen readers see lies far to the left. A script of the page, so it is a string. */
const layout = `(() => {
  const out = [];
  const width = document.documentElement.clientWidth;
  const name = element => element.tagName + ' ' + (element.dataset?.key ?? element.textContent.trim().slice(0, 40));
  const seen = selector => [...document.querySelectorAll(selector)].filter(each => each.checkVisibility());
  const inPage = element => element.closest('.skip, #ghost, dialog, #news') === null;
  if (document.documentElement.scrollWidth > width) out.push('scrolls sideways');
  for (const each of seen('body *').filter(inPage)) {
    const box = each.getBoundingClientRect();
    if (box.width > 0 && box.right > 0 && (box.right > width + ${leeway} || box.left < -${leeway})) out.push('leaves the page: ' + name(each));
    const style = getComputedStyle(each);
    if (style.overflowX !== 'visible' && !each.closest('svg') && each.scrollWidth > each.clientWidth + ${leeway})
      out.push('is cut: ' + name(each));
  }
  for (const card of seen('.card')) {
    const frame = card.getBoundingClientRect();
    for (const each of [...card.querySelectorAll('*')].filter(one => one.checkVisibility() && !one.parentElement.closest('svg'))) {
      const box = each.getBoundingClientRect();
      if (box.right > frame.right + ${leeway} || box.left < frame.left - ${leeway} || box.bottom > frame.bottom + ${leeway})
        out.push('leaves its card: ' + name(each));
    }
  }
  const parts = seen('[data-part]').filter(part => part.getBoundingClientRect().height > 0);
  parts.forEach((part, i) => {
    const next = parts[i + 1];
    if (next && part.getBoundingClientRect().bottom > next.getBoundingClientRect().top + 1)
      out.push(part.dataset.part + ' lies over ' + next.dataset.part);
  });
  for (const svg of seen('svg')) {
    const frame = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map(text => ({ text, box: text.getBoundingClientRect() }));
    texts.forEach(({ text, box }, i) => {
      if (box.height < 9) out.push('too small to read: ' + name(text));
      if (box.left < frame.left - ${leeway} || box.right > frame.right + ${leeway}) out.push('leaves its picture: ' + name(text));
      for (const other of texts.slice(i + 1)) {
        const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
        const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
        if (across > ${leeway} && down > 4) out.push(name(text) + ' covers ' + name(other.text));
      }
    });
  }
  return out;
})()`;

/** What is wrong with how a page lies, in words: what leaves it, covers another, is cut or too small. */
export function layoutFaults(page: Page): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(layout);
}
