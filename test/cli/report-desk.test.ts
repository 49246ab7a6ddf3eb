import { beforeEach, describe, expect, it } from 'vitest';
import { ReportDesk, type ReportEvent } from '../../cli/report-desk.ts';
import type { ReadyReport, ReportTarget } from '../../cli/report-mail.ts';
import { makeReport } from '../../cli/report-making.ts';
import { ReportSchedule } from '../../cli/report-schedule.ts';
import { SourceError } from '../../core/series.ts';
import type { Store } from '../../core/store.ts';
import { capacityReportSchema } from '../../reports/json.ts';
import type { ReportInputs } from '../../reports/model.ts';
import { openStore } from '../../store/sqlite.ts';
import { day, inputsOf, madeAt, usualWeek } from '../reports/constructed.ts';

const minute = 60_000;
const signal = new AbortController().signal;

let store: Store;
let now: number;
let events: ReportEvent[];
let lines: string[];
let ready: boolean;
beforeEach(() => {
  store = openStore(':memory:');
  now = madeAt - day;
  events = [];
  lines = [];
  ready = true;
});

/** A target that takes all, or fails as it is told to. */
function targetOf(name: string) {
  const taken: ReadyReport[] = [];
  const failures: Error[] = [];
  const target: ReportTarget = {
    name,
    async deliver(report) {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      taken.push(report);
    },
    close: async () => undefined,
  };
  return { target, taken, failures };
}

function deskOf(
  targets: readonly ReportTarget[],
  inputs: (at: number) => Promise<ReportInputs> = async at => inputsOf({ madeAt: at }),
): ReportDesk {
  const note = (text: string) => void lines.push(text);
  return new ReportDesk({
    store,
    schedule: new ReportSchedule('0 8 * * 1', 'Europe/Berlin'),
    formats: ['csv', 'html'],
    targets,
    clock: () => now,
    random: () => 0,
    isReady: () => ready,
    inputs,
    make: makeReport,
    log: { info: note, warn: note, error: note },
    observe: event => void events.push(event),
  });
}

describe('the desk of reports', () => {
  it('makes the report when it is due and hands it to every target once', async () => {
    const [mail, folder] = [targetOf('smtp'), targetOf('folder')];
    const desk = deskOf([mail.target, folder.target], async () => usualWeek());
    await desk.step(signal);
    expect(mail.taken).toEqual([]);
    now = madeAt;
    for (let k = 0; k < 3; k++) await desk.step(signal);
    expect([mail.taken.length, folder.taken.length]).toEqual([1, 1]);
    const [report] = mail.taken;
    expect(report!.key).toBe('2026-11-30T07:00:00.000Z');
    expect(report!.files.map(({ name }) => name)).toEqual([
      'foreshock-capacity-2026-11-30.csv',
      'foreshock-capacity-2026-11-30.html',
    ]);
    expect(report!.mail.subject).toContain('Filesystem of mail-1:9100');
    expect(capacityReportSchema.parse(JSON.parse(report!.json)).resources).toHaveLength(10);
  });

  it('stores the report before it leaves: after a crash it goes on with the same one', async () => {
    deskOf([targetOf('smtp').target]);
    now = madeAt;
    const down = targetOf('smtp');
    down.failures.push(new SourceError('mail: no answer', { retryable: true }));
    await deskOf([down.target]).step(signal);
    now += minute;
    const up = targetOf('smtp');
    const unasked = async (): Promise<ReportInputs> => {
      throw new Error('the report is made already');
    };
    const desk = deskOf([up.target], unasked);
    await desk.step(signal);
    await desk.step(signal);
    expect(up.taken.map(({ key }) => key)).toEqual(['2026-11-30T07:00:00.000Z']);
  });

  it('sends what was missed while nothing ran once, the newest only', async () => {
    const mail = targetOf('smtp');
    deskOf([mail.target]);
    now = madeAt + 22 * day;
    const desk = deskOf([mail.target]);
    for (let k = 0; k < 3; k++) await desk.step(signal);
    expect(mail.taken.map(({ key }) => key)).toEqual(['2026-12-21T07:00:00.000Z']);
  });

  it('waits longer after each failure, tells it once, and lets the other targets be', async () => {
    const [mail, folder] = [targetOf('smtp'), targetOf('folder')];
    const desk = deskOf([mail.target, folder.target]);
    now = madeAt;
    const failure = () => new SourceError('mail: no answer', { retryable: true });
    mail.failures.push(failure(), failure());
    await desk.step(signal);
    await desk.step(signal);
    expect(mail.failures).toHaveLength(1);
    expect(folder.taken).toHaveLength(1);
    now += minute;
    await desk.step(signal);
    now += minute;
    await desk.step(signal);
    expect(mail.taken).toHaveLength(1);
    expect(lines.filter(line => line.includes('no answer'))).toHaveLength(1);
    expect(events).toEqual([
      { target: 'folder', outcome: 'delivered' },
      { target: 'smtp', outcome: 'retry' },
      { target: 'smtp', outcome: 'retry' },
      { target: 'smtp', outcome: 'delivered' },
    ]);
  });

  it('puts aside what is refused for good, and says so', async () => {
    const mail = targetOf('smtp');
    const desk = deskOf([mail.target]);
    now = madeAt;
    mail.failures.push(new SourceError('mail: 552 too large', { retryable: false }));
    for (let k = 0; k < 3; k++) await desk.step(signal);
    expect(mail.taken).toEqual([]);
    expect(events).toEqual([{ target: 'smtp', outcome: 'rejected' }]);
    expect(store.values('dead_letters/report/smtp').entries()).toHaveLength(1);
    expect(lines.at(-1)).toContain('552 too large');
  });

  it('tries again when the report could not be made', async () => {
    const mail = targetOf('smtp');
    let asked = 0;
    const desk = deskOf([mail.target], async at => {
      if (asked++ === 0) throw new SourceError('prometheus does not answer', { retryable: true });
      return inputsOf({ madeAt: at });
    });
    now = madeAt;
    await desk.step(signal);
    await desk.step(signal);
    expect([asked, mail.taken.length]).toEqual([1, 0]);
    now += minute;
    await desk.step(signal);
    expect(mail.taken).toHaveLength(1);
    expect(lines[0]).toContain('prometheus does not answer');
  });

  it('waits until enough is known', async () => {
    const mail = targetOf('smtp');
    const desk = deskOf([mail.target]);
    now = madeAt;
    ready = false;
    await desk.step(signal);
    expect([mail.taken.length, lines.length]).toEqual([0, 0]);
    ready = true;
    await desk.step(signal);
    expect(mail.taken).toHaveLength(1);
  });

  it('keeps the last eight reports', async () => {
    const desk = deskOf([targetOf('smtp').target]);
    for (let week = 0; week < 12; week++) {
      now = madeAt + week * 7 * day;
      await desk.step(signal);
    }
    const keys = store
      .values('reports')
      .entries()
      .map(([key]) => key.split(' ')[0]);
    expect(new Set(keys).size).toBe(8);
    expect(keys).toHaveLength(24);
  });
});
