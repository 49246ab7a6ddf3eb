import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { splitCsvLine } from '../../cli/csv.ts';
import { paperFonts } from '../../cli/report-fonts.ts';
import { reportCsv } from '../../reports/csv.ts';
import { documentHtml, reportStyle } from '../../reports/html.ts';
import { capacityReportSchema, reportJson } from '../../reports/json.ts';
import { reportMail } from '../../reports/mail.ts';
import type { ReportInputs } from '../../reports/model.ts';
import { documentPdf, paperFigure } from '../../reports/pdf.ts';
import { printableText } from '../../reports/printable-text.ts';
import { capacityReport } from '../../reports/report.ts';
import { reportDocument } from '../../reports/report-document.ts';
import { pdfPages } from '../pdf-text.ts';
import { fills, forecastOf, inputsOf, madeAt, unknown, usualWeek } from './constructed.ts';

const styleHash = createHash('sha256').update(reportStyle).digest('base64');
const htmlOf = (inputs: ReportInputs) =>
  documentHtml(reportDocument(capacityReport(inputs), { width: 760, height: 220, fontSize: 11 }), styleHash);
const pdfOf = (inputs: ReportInputs) =>
  documentPdf(reportDocument(capacityReport(inputs), paperFigure), paperFonts());

/** In one line, as it is read. */
const wordsOf = (text: string) => text.replaceAll(/\s+/g, ' ');

const hostileName = `<script>alert("x")</script>\u202egpj.exe '"& \u4e2d\u6587 ${'long-name-'.repeat(30)}`;
const hostile = inputsOf({
  forecasts: [
    forecastOf({
      entity: { instance: hostileName },
      resource: '=cmd()',
      exhaustion: fills(3),
      causes: [{ name: '<img src=x onerror=alert(1)>', amount: 5e9 }],
    }),
    {
      ...forecastOf({ exhaustion: { state: 'unknown', reason: '</style><script>' } }),
      history: { t: new Float64Array(), v: new Float64Array(), step: 1 },
      forecast: { t: new Float64Array(), yhat: new Float64Array(), intervals: [] },
    },
  ],
  incidents: [
    {
      id: 'x',
      title: hostileName,
      startsAt: madeAt - 1e6,
      endsAt: undefined,
      alerts: 1,
      notifications: 1,
      real: false,
    },
  ],
  missing: ['<b>prometheus</b> does not answer.'],
});

describe('the report as HTML', () => {
  const html = htmlOf(usualWeek());

  it('loads nothing and runs nothing, and its own policy holds for its style', () => {
    expect(html).not.toMatch(/<script|<link|<iframe|\bsrc=|url\(|\bstyle="|\bon\w+=/);
    expect(html).toContain(`default-src 'none'; style-src 'sha256-${styleHash}'`);
    const [, style] = /<style>(.*?)<\/style>/s.exec(html)!;
    expect(createHash('sha256').update(style!).digest('base64')).toBe(styleHash);
  });

  it('leads from each row to the resource', () => {
    const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(targets.length).toBeGreaterThan(15);
    expect(targets.filter(id => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('says in words what each picture shows', () => {
    const pictures = [...html.matchAll(/<svg[^>]*aria-label="([^"]*)"/g)].map(([, label]) => label);
    expect(pictures).toHaveLength(10);
    expect(pictures[1]).toContain('It is full on 8 December.');
    expect(pictures[1]).toContain('The limit is 100 GB');
    expect(pictures[2]).toContain('It expires on 12 December.');
    expect(html).toContain('>expires on 12 December</text>');
  });

  it('takes hostile names for text, shortens them, and keeps them in full once', () => {
    const page = htmlOf(hostile);
    expect(page).not.toMatch(/<script|<img|<b>prometheus|\u202e/);
    expect(page).toContain('\\u{202e}');
    expect(page.match(/(?:long-name-){25}/g)!.length).toBeGreaterThanOrEqual(1);
    expect(page).toContain('There is nothing to draw.');
  });

  it('draws the most urgent of thousands only, and leads nowhere else', () => {
    const many = Array.from({ length: 2600 }, (_, k) => forecastOf({ entity: { instance: `node-${k}` } }));
    const page = htmlOf(inputsOf({ forecasts: many }));
    expect(page.match(/<svg/g)).toHaveLength(400);
    expect(page).toContain('Pictures are here of the 400 most urgent of 2600 resources.');
    expect(page).toContain('600 more rows are in CSV and JSON.');
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    expect([...page.matchAll(/href="#([^"]+)"/g)].filter(([, id]) => !ids.has(id!))).toEqual([]);
  });

  it('is the same for the same report', () => {
    expect(htmlOf(usualWeek()) === html).toBe(true);
  });
});

describe('the report as PDF', () => {
  it('is the same bytes each time', async () => {
    const week = usualWeek();
    const [one, two] = [await pdfOf(week), await pdfOf(week)];
    expect(Buffer.compare(Buffer.from(one), Buffer.from(two))).toBe(0);
  });

  it('is tagged, has bookmarks, names its language and embeds its fonts', async () => {
    const bytes = Buffer.from(await pdfOf(usualWeek())).toString('latin1');
    for (const part of [
      '/Marked true',
      '/StructTreeRoot',
      '/Outlines',
      '/Lang (en-GB)',
      '/FontFile',
      '/Alt (',
    ])
      expect(bytes, part).toContain(part);
    expect(bytes).not.toContain('/Helvetica');
  });

  describe('as it is read', () => {
    it('has the answer on the first page and the numbers of the pages of its sections', async () => {
      const pages = pdfPages(await pdfOf(usualWeek()));
      const first = wordsOf(pages[0]!);
      for (const words of [
        'full on 8 December',
        '5 to 12 December',
        'Free or add',
        'already over',
        '414 forecasts',
      ])
        expect(first).toContain(words);
      for (const [k, text] of pages.entries()) expect(text).toContain(`Page ${k + 1} of ${pages.length}`);
      const list = pages[0]!.slice(pages[0]!.indexOf('In this report'));
      const sections = [...list.matchAll(/^(\d+)\n(.+)$/gm)].map(([, page, title]) => ({
        page: Number(page),
        title: title!,
      }));
      expect(sections.map(({ title }) => title)).toContain('What is over-provisioned');
      for (const { page, title } of sections) expect(pages[page - 1]).toContain(title);
    });

    it('shows hundreds of resources, each once with its picture', async () => {
      const forecasts = Array.from({ length: 120 }, (_, k) =>
        forecastOf({
          entity: { instance: `node-${k}` },
          exhaustion: k % 3 === 0 ? fills(k / 4 + 1) : unknown,
        }),
      );
      const pages = pdfPages(await pdfOf(inputsOf({ forecasts })));
      const headings = pages.join('\n').match(/^Filesystem of node-\d+$/gm) ?? [];
      expect(new Set(headings.map(text => text.trim())).size).toBe(120);
      for (const text of pages) expect(text.trim().length).toBeGreaterThan(80);
    });

    it('says that there is no resource', async () => {
      const text = wordsOf(pdfPages(await pdfOf(inputsOf())).join(' '));
      expect(text).toContain('No resource has a forecast yet.');
      expect(text).toContain('No forecast has come due yet');
    });

    it('writes what its font lacks as one may type it', async () => {
      const text = pdfPages(await pdfOf(hostile))
        .join(' ')
        .replaceAll(/\s+/g, '');
      expect(text).toContain('\\u{4e2d}\\u{6587}');
    });
  });

  it('keeps Greek, Cyrillic and accents', () => {
    expect(printableText('Ωμέγα Жё é ł — 80 %')).toBe('Ωμέγα Жё é ł — 80 %');
    expect(printableText('e\u0301 \u{1f525}')).toBe('é \\u{1f525}');
  });
});

describe('the report as data', () => {
  it('is JSON of its schema, where what is not known is null', () => {
    for (const inputs of [usualWeek(), inputsOf(), hostile]) {
      const value = capacityReportSchema.parse(JSON.parse(reportJson(capacityReport(inputs))));
      expect(value.resources).toHaveLength(inputs.forecasts.length);
    }
    const value = capacityReportSchema.parse(JSON.parse(reportJson(capacityReport(usualWeek()))));
    expect(value.resources[1]).toMatchObject({
      entity: { instance: 'db-7:9100', mountpoint: '/var' },
      verdict: 'soon',
      full_at: '2026-12-08T07:00:00.000Z',
      earliest: '2026-12-05T07:00:00.000Z',
    });
    expect(value.resources.find(({ verdict }) => verdict === 'unknown')!.limit).toBeNull();
  });

  it('is CSV with a line each, in the same order', () => {
    const report = capacityReport(usualWeek());
    const lines = reportCsv(report).trimEnd().split('\r\n').map(splitCsvLine);
    expect(lines).toHaveLength(11);
    expect(lines.every(fields => fields!.length === lines[0]!.length)).toBe(true);
    expect(lines.slice(1).map(fields => fields![1])).toEqual(report.resources.map(({ name }) => name));
  });

  it('begins no field of a spreadsheet with a formula', () => {
    const [, line] = reportCsv(capacityReport(hostile)).split('\r\n');
    const fields = splitCsvLine(line!)!;
    expect(fields[1]).toMatch(/^'=cmd/);
    expect(fields.filter(field => /^[=+@]/.test(field))).toEqual([]);
  });
});

describe('the report as a letter', () => {
  it('has the first finding in its subject and the table in both of its bodies', () => {
    const { subject, text, html } = reportMail(capacityReport(usualWeek()), 'report.pdf');
    expect(subject).toBe(
      'Capacity report, 30 November: Filesystem of mail-1:9100, mountpoint /srv: already over, and 4 more',
    );
    for (const body of [text, html]) {
      expect(body).toContain('full on 8 December (80 %: 5 to 12 December)');
      expect(body).toContain('Attached: report.pdf');
    }
  });

  it('has one line as its subject and no markup of others, whatever a resource is called', () => {
    const { subject, html } = reportMail(capacityReport(hostile), '');
    expect(subject).not.toMatch(/[\r\n\u202e]/);
    expect(subject.length).toBeLessThan(150);
    expect(html).not.toMatch(/<script|<img/);
  });

  it('says when nothing runs out', () => {
    expect(reportMail(capacityReport(inputsOf({ forecasts: [forecastOf()] })), '').subject).toBe(
      'Capacity report, 30 November: nothing runs out in 30 days',
    );
  });
});
