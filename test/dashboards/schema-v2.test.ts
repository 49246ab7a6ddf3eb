import type {
  Dashboard as DashboardSpec,
  GridLayoutKind,
  RowsLayoutKind,
} from '@grafana/grafana-foundation-sdk/dashboardv2beta1';
import { describe, expect, it } from 'vitest';
import { fleetDashboards, incidentDashboards } from '../../cli/dashboard-files.ts';
import { packDashboard } from '../../dashboards/pack.ts';
import { toSchemaV2 } from '../../dashboards/schema-v2.ts';
import { allPacks, incidentOn, smallPack } from './fleet.ts';

const plain = (made: unknown) => JSON.parse(JSON.stringify(made));

const packs = allPacks();
const about = { url: 'https://foreshock.example', has: () => true };
const dashboards = [
  ...fleetDashboards(packs),
  ...incidentDashboards(packs, [incidentOn('checkout')], about),
].map(made => ({ uid: made.uid ?? '', v1: plain(made), v2: plain(toSchemaV2(plain(made))) }));

type Json = Record<string, never>;
/** Rows of a v1 dashboard by the top of what they hold. */
const isRow = ({ type }: { readonly type: string }) => type === 'row';
const sourceOf = ({ group, datasource }: Json) => ({ type: group, uid: Reflect.get(datasource!, 'name') });

/** Every text and number in a value, however deep: what a reader could miss. */
function leavesOf(value: unknown, out = new Set<string>()): Set<string> {
  if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) leavesOf(one, out);
  else if (typeof value === 'string' && value !== '') out.add(value);
  return out;
}

/** Where each element stands on the whole dashboard, and the headings with their heights, as rows push each other down. */
function placesOf(layout: GridLayoutKind | RowsLayoutKind) {
  const places: { name: string; x: number; y: number; w: number; h: number }[] = [];
  const headings: { title: string; y: number }[] = [];
  let top = 0;
  const put = (grid: GridLayoutKind) => {
    const from = top;
    for (const { spec } of grid.spec.items) {
      const { x, y, width: w, height: h, element } = spec;
      places.push({ name: element.name, x, y: from + y, w, h });
      top = Math.max(top, from + y + h);
    }
  };
  if (layout.kind === 'GridLayout') put(layout);
  else
    for (const { spec } of layout.spec.rows) {
      if (!spec.hideHeader) headings.push({ title: spec.title ?? '', y: top++ });
      if (spec.layout.kind === 'GridLayout') put(spec.layout);
    }
  return { places, headings };
}

describe.each(dashboards)('the dashboard $uid in the schema v2', ({ uid, v1, v2 }) => {
  const { spec } = v2;
  const panels = v1.panels.filter((one: { type: string }) => !isRow(one));

  it('is a resource by its name, with the head of the dashboard', () => {
    expect(v2).toMatchObject({ apiVersion: 'dashboard.grafana.app/v2beta1', metadata: { name: uid } });
    const { title, description, tags, time } = v1;
    expect(spec).toMatchObject({ title, description, tags, cursorSync: 'Crosshair', timeSettings: time });
    expect(spec.links).toEqual(v1.links);
  });

  it('has every panel with its words, unit, thresholds, overrides, transformations and options', () => {
    const read = panels.map((panel: Json) => ({
      id: panel.id,
      title: panel.title,
      description: panel.description,
      type: panel.type,
      options: panel.options,
      fieldConfig: panel.fieldConfig ?? { defaults: {}, overrides: [] },
      transformations: panel.transformations ?? [],
      timeFrom: panel.timeFrom,
    }));
    const had = Object.values<Json>(spec.elements).map(element => {
      const { id, title, description, data, vizConfig } = plain(element).spec;
      const { queryOptions, transformations } = data.spec;
      const changes = transformations.map((one: Json) => one.spec);
      const { timeFrom } = queryOptions;
      return {
        id,
        title,
        description,
        type: vizConfig.group,
        ...vizConfig.spec,
        transformations: changes,
        timeFrom,
      };
    });
    expect(had).toEqual(read);
  });

  it('asks every query of the same source in the same way', () => {
    for (const panel of panels) {
      const queries = spec.elements[`panel-${panel.id}`].spec.data.spec.queries;
      const had = queries.map(({ spec: { refId, query } }: { spec: Record<string, Json> }) => ({
        refId,
        datasource: sourceOf(query!),
        ...plain(query).spec,
      }));
      expect(had).toEqual(panel.targets ?? []);
    }
  });

  it('has every panel and every heading where it was', () => {
    const { places, headings } = placesOf(spec.layout);
    const had = panels.map(({ id, gridPos }: Json) => ({ name: `panel-${id}`, ...plain(gridPos) }));
    expect(places).toEqual(had);
    const rows = v1.panels.filter(isRow);
    expect(headings).toEqual(rows.map(({ title, gridPos }: Json) => ({ title, y: plain(gridPos).y })));
  });

  it('has every variable with what it asks', () => {
    const read = v1.templating.list.map(({ name, label, type, query, datasource, multi, current }: Json) => ({
      ...{ name, label, type, query, multi, current },
      ...(datasource === undefined ? {} : { datasource }),
    }));
    const had = spec.variables.map(({ kind, spec: one }: { kind: string; spec: Json }) => {
      const { name, label, multi, current } = one;
      const type = kind === 'QueryVariable' ? 'query' : 'datasource';
      if (type === 'datasource') return { name, label, type, query: one.pluginId, multi, current };
      const query = plain(one.query).spec.__legacyStringValue;
      return { name, label, type, query, multi, current, datasource: sourceOf(plain(one.query)) };
    });
    const blank = { text: '', value: '' };
    expect(had).toEqual(read.map((one: Json) => ({ ...one, current: one.current ?? blank })));
  });

  it('has every annotation with its query, words and panels', () => {
    const had = spec.annotations.map(({ spec: one }: { spec: Json }) => {
      const { name, enable, iconColor, filter, query, legacyOptions } = plain(one);
      const asked = query.spec.expr === undefined ? { target: query.spec } : { expr: query.spec.expr };
      return { name, enable, iconColor, filter, datasource: sourceOf(query), ...asked, ...legacyOptions };
    });
    const read = v1.annotations.list.map(
      ({ hide, builtIn, placement, step, ...one }: Record<string, unknown>) => one,
    );
    expect(had).toEqual(read);
  });

  it('has every text that the other schema has', () => {
    const had = leavesOf(v2);
    // A panel that is not repeated says in which direction, and one that asks several sources that it does.
    const without = new Set(['h', '-- Mixed --', 'datasource', 'row', '10s', 'query', ...had]);
    expect([...leavesOf(v1)].filter(text => !without.has(text))).toEqual([]);
  });
});

describe('the schema v2', () => {
  const small = () => plain(packDashboard(smallPack));

  it('has panels without a row on one grid', () => {
    const made = small();
    made.panels = made.panels.filter((one: { type: string }) => !isRow(one));
    expect(toSchemaV2(made).spec.layout.kind).toBe('GridLayout');
  });

  it('has panels before the first row in one without a heading, and those of a closed row in it', () => {
    const made = small();
    const [row, first, ...rest] = made.panels;
    const closed = { ...row, id: 90, collapsed: true, panels: rest.filter((one: never) => !isRow(one)) };
    const { layout } = toSchemaV2({ ...made, panels: [first, closed] }).spec;
    expect(rowsOf(layout)).toEqual([
      { title: '', collapse: undefined, names: ['panel-2'] },
      { title: row.title, collapse: true, names: expect.arrayContaining(['panel-3']) },
    ]);
  });

  it('refuses what it would lose', () => {
    const [whole, part] = [small(), small()];
    whole.refresh = '5s';
    part.panels[1].repeat = 'service';
    expect(() => toSchemaV2(whole)).toThrow('refresh');
    expect(() => toSchemaV2(part)).toThrow('panels');
  });
});

function rowsOf(layout: DashboardSpec['layout']) {
  if (layout.kind !== 'RowsLayout') return [];
  return layout.spec.rows.map(({ spec: { title, collapse, layout: own } }) => ({
    title,
    collapse,
    names: own.kind === 'GridLayout' ? own.spec.items.map(({ spec }) => spec.element.name) : [],
  }));
}
