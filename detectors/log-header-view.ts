import type { LogLevel } from '../core/log.ts';
import { type FieldScanner, fieldKinds } from './log-fields.ts';
import { levelOf } from './log-level.ts';
import type { LogfmtField } from './log-logfmt.ts';
import type { TimeScanner } from './log-time.ts';

const { time, level, bracket, number, titled } = fieldKinds;

/** What `read` says of a line; one object, filled again for each line. */
export interface HeaderView {
  /** Where the message stands in the line. */
  from: number;
  to: number;
  /** ms; NaN: the line names no time. */
  t: number;
  level: LogLevel | undefined;
  /** Whether a header was found at all; a line without one may belong to the line before. */
  header: boolean;
  /** `sshd(pam_unix)`, `dfs.DataNode`: the last named field; its number in brackets apart. */
  process: string | undefined;
  pid: string | undefined;
  host: string | undefined;
}

export function createHeaderView(): HeaderView {
  return {
    from: 0,
    to: 0,
    t: Number.NaN,
    level: undefined,
    header: false,
    process: undefined,
    pid: undefined,
    host: undefined,
  };
}

function clear(view: HeaderView): void {
  view.t = Number.NaN;
  view.level = undefined;
  view.process = undefined;
  view.pid = undefined;
  view.host = undefined;
}

/** Fills in what the first `end` fields say. */
export function describeFields(view: HeaderView, fields: FieldScanner, end: number): void {
  clear(view);
  if (end > 0) view.t = fields.t;
  for (let k = 0; k < end; k++) {
    view.level ??= fields.levels[k];
    if (fields.kinds[k] !== titled) continue;
    nameProcess(fields.text(k), view);
    if (k > 1 && fields.kinds[k - 2] === time && fields.kinds[k - 1]! > titled)
      view.host = fields.text(k - 1);
  }
  if (end < fields.count && fields.kinds[end] === level && fields.text(end).endsWith(':'))
    view.level ??= fields.levels[end];
}

function nameProcess(text: string, view: HeaderView): void {
  const open = text.indexOf('[');
  const name = text.endsWith(':') ? text.slice(0, -1) : text;
  if (open <= 0) {
    view.process = name;
    return;
  }
  view.process = text.slice(0, open);
  view.pid = text.slice(open + 1, text.indexOf(']', open));
}

/** Fields of a syslog header: priority and version, time, host, application, process, message id, structured data. */
export const syslogFields = 8;

/** Whether a line is syslog as RFC 5424, section 6, has it. */
export function isSyslog({ kinds, starts, ends, count }: FieldScanner): boolean {
  if (count < syslogFields || kinds[0] !== bracket || kinds[2] !== time) return false;
  return kinds[1] === number && starts[1] === ends[0] && ends[1]! - starts[1]! === 1;
}

export function describeSyslog(view: HeaderView, fields: FieldScanner): void {
  const named = (k: number) => (fields.text(k) === '-' ? undefined : fields.text(k));
  view.t = fields.t;
  view.level = fields.levels[0];
  view.host = named(3);
  view.process = named(4);
  view.pid = named(5);
}

const logfmtTimes = new Set(['time', 'ts', 't', 'timestamp', '@timestamp']);
const logfmtLevels = new Set(['level', 'lvl', 'severity']);
const logfmtMessages = new Set(['msg', 'message']);

/** Fills in what a logfmt line says; false when it has no message. */
export function describeLogfmt(
  view: HeaderView,
  text: string,
  { fields, times }: { fields: readonly LogfmtField[]; times: TimeScanner },
): boolean {
  const message = fields.find(({ key }) => logfmtMessages.has(key));
  if (message === undefined) return false;
  clear(view);
  view.header = true;
  view.from = message.from;
  view.to = message.to;
  for (const { key, from, to } of fields) {
    if (logfmtTimes.has(key) && times.read(text, from) > 0) view.t = times.ms;
    else if (logfmtLevels.has(key)) view.level = levelOf(text.slice(from, to));
    else if (key === 'logger' || key === 'component') view.process = text.slice(from, to);
  }
  return true;
}
