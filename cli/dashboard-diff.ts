type Json = Readonly<Record<string, unknown>>;

/** So many lines are said of one dashboard. */
const mostLines = 200;
const longest = 160;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value on one line, cut where it is long. */
function sayValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > longest ? `${text.slice(0, longest)}...` : text;
}

/** Leaves that differ, each `path: before -> after`. */
function leaves(before: unknown, after: unknown, path: string): readonly string[] {
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return before.flatMap((item, k) => leaves(item, after[k], `${path}[${k}]`));
  if (isObject(before) && isObject(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap(key =>
      leaves(before[key], after[key], path === '' ? key : `${path}.${key}`),
    );
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [`${path}: ${sayValue(before)} -> ${sayValue(after)}`];
}

function panelsOf(model: Json): ReadonlyMap<string, Json> {
  const panels = Array.isArray(model.panels) ? model.panels.filter(isObject) : [];
  return new Map(panels.map((panel, k) => [String(panel.id ?? `#${k}`), panel]));
}

const sayPanel = (id: string, { title }: Json) => `panel ${id} ${JSON.stringify(title ?? '')}`;

function panelLines(before: Json, after: Json): readonly string[] {
  const [old, fresh] = [panelsOf(before), panelsOf(after)];
  const gone = [...old].filter(([id]) => !fresh.has(id)).map(([id, panel]) => `- ${sayPanel(id, panel)}`);
  const rest = [...fresh].flatMap(([id, panel]) => {
    const known = old.get(id);
    if (known === undefined) return [`+ ${sayPanel(id, panel)}`];
    const changed = leaves(known, panel, '');
    return changed.length === 0 ? [] : [`~ ${sayPanel(id, panel)}`, ...changed.map(line => `    ${line}`)];
  });
  return [...gone, ...rest];
}

/** What differs between two dashboards, setting by setting and panel by panel; no line when nothing does. */
export function diffDashboards(before: Json, after: Json): readonly string[] {
  const { panels: _before, ...old } = before;
  const { panels: _after, ...fresh } = after;
  const settings = leaves(old, fresh, '').map(line => `~ ${line}`);
  const lines = [...settings, ...panelLines(before, after)];
  const more = lines.length - mostLines;
  return more > 0 ? [...lines.slice(0, mostLines), `... and ${more} more lines`] : lines;
}
