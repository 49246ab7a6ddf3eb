/** j/k (or arrows by Tab) move over what can be opened, Enter opens, / searches, r shows what is new, Esc goes up, ? tells the keys. */
const keys = `
const help = document.getElementById('keys');
const stops = () => [...document.querySelectorAll('[data-stop]')].filter(stop => stop.offsetParent !== null);
const move = by => {
  const all = stops();
  const at = all.indexOf(document.activeElement);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + by, 0), all.length - 1);
  all[next]?.focus();
};
const home = () => { if (location.pathname !== '/') location.assign('/'); };
const acts = {
  j: () => move(1),
  k: () => move(-1),
  r: () => refresh(true),
  '/': () => document.querySelector('input[type=search]')?.focus(),
  Escape: () => (help.open ? help.close() : home()),
  Enter: () => { if (document.activeElement === document.body) document.querySelector('.list a')?.click(); },
  '?': () => (help.open ? help.close() : help.showModal()),
};
document.addEventListener('keydown', event => {
  const act = acts[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  // What is typed into a field, or to choose, is text; Escape leaves it.
  if (event.target.matches('input, select')) {
    if (event.key === 'Escape') event.target.blur();
    return;
  }
  if (event.key !== 'Enter') event.preventDefault();
  act();
});
`;

/**
 * The page asks for itself every 5 seconds (304 while nothing changed) and swaps the parts that changed. Nothing that
 * somebody reads may move: a part in sight whose height would change, or with selected text in it, waits until it is out
 * of sight, until it is asked for, or until nobody touched the page for a minute. Focus, what is typed, open folds and scroll stay.
 */
const refreshing = `
const main = document.getElementById('main');
const news = document.getElementById('news');
const live = document.getElementById('live');
const ghost = document.getElementById('ghost');
const parts = root => [...root.querySelectorAll('[data-part]')];
const keyed = (root, key) => root.querySelector('[data-key="' + CSS.escape(key) + '"]');
let tag = main.dataset.tag;
let latest;
let asking = false;
let touched = performance.now();
for (const kind of ['keydown', 'pointerdown', 'pointermove', 'wheel', 'touchstart', 'focusin'])
  addEventListener(kind, () => { touched = performance.now(); }, { passive: true });

const heightOf = (part, like) => {
  ghost.style.width = like.clientWidth + 'px';
  ghost.replaceChildren(part.cloneNode(true));
  const { height } = ghost.firstChild.getBoundingClientRect();
  ghost.replaceChildren();
  return height;
};
const swap = (old, fresh) => {
  const key = old.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const aside = [...old.querySelectorAll('.wide[data-key]')].map(box => [box.dataset.key, box.scrollLeft]);
  const typed = [...old.querySelectorAll('input[data-key]')].map(field => [field, keyed(fresh, field.dataset.key)]);
  old.replaceWith(fresh);
  for (const [was, field] of typed) if (field) field.value = was.value;
  for (const [name, left] of aside) { const box = keyed(fresh, name); if (box) box.scrollLeft = left; }
  if (key) keyed(fresh, key)?.focus({ preventScroll: true });
  for (const [was, field] of typed)
    if (field && field === document.activeElement) field.setSelectionRange(was.selectionStart, was.selectionEnd);
};
const renew = (old, fresh, now) => {
  for (const fold of old.querySelectorAll('details[data-key]')) {
    const same = keyed(fresh, fold.dataset.key);
    if (same) same.open = fold.open;
  }
  if (old.isEqualNode(fresh)) return true;
  const selection = getSelection();
  if (!now && !selection.isCollapsed && old.contains(selection.anchorNode)) return false;
  const box = old.getBoundingClientRect();
  const grows = heightOf(fresh, old) - box.height;
  const above = box.bottom <= 0;
  if (!now && Math.abs(grows) >= 1 && !above && box.top < innerHeight) return false;
  swap(old, fresh);
  if (above) scrollBy(0, grows);
  return true;
};
const show = now => {
  if (latest === undefined) return;
  const next = new DOMParser().parseFromString(latest, 'text/html');
  const fresh = new Map(parts(next).map(part => [part.dataset.part, part]));
  const old = parts(main);
  if (old.length !== fresh.size || old.some(part => !fresh.has(part.dataset.part))) return location.reload();
  document.title = next.title;
  const waiting = old.filter(part => !renew(part, fresh.get(part.dataset.part), now));
  news.hidden = waiting.length === 0;
};
const say = (text, state) => {
  live.textContent = text + ' ' + new Date().toISOString().slice(11, 19) + ' UTC';
  live.className = state;
};
const refresh = async now => {
  if (asking) return;
  asking = true;
  try {
    const limit = AbortSignal.timeout(10000);
    const answer = await fetch(location.href, { headers: { 'if-none-match': tag }, signal: limit });
    if (answer.status === 200) {
      tag = answer.headers.get('etag');
      latest = await answer.text();
    } else if (answer.status === 404) return location.reload();
    else if (answer.status !== 304) throw new Error('answered ' + answer.status);
    show(now || performance.now() - touched > 60000);
    say('Up to date', 'up');
  } catch {
    if (live.className !== 'down') say('No answer since', 'down');
  } finally {
    asking = false;
  }
};
news.querySelector('button').addEventListener('click', () => refresh(true));
addEventListener('scroll', () => { if (!news.hidden) show(false); }, { passive: true });
document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(false); });
setInterval(() => { if (!document.hidden) refresh(false); }, 5000);
`;

/** The page's script; the page works without it. */
export const script = `${keys}${refreshing}`;
