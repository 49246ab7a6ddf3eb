import { type LogLevel, logLevels } from './log.ts';

/** How programs, loggers and platforms spell levels, in lower case. */
const spellings: Readonly<Record<LogLevel, string>> = {
  trace: 'trace trc verbose silly finest finer all v t',
  debug: 'debug dbg fine d',
  info: 'info information informational inf notice note http config log default success ok i n',
  warn: 'warn warning wrn w',
  error: 'error err severe failure failed eror e',
  fatal: 'fatal ftl critical crit alert emerg emergency panic dpanic f c',
};

const levels = new Map<string, LogLevel>(
  logLevels.flatMap(level => spellings[level].split(' ').map((name): [string, LogLevel] => [name, level])),
);

const longestName = 24;

/** The level that a name stands for, in any of the usual spellings (`WARNING`, `Err`, `[info]`, `DEBUG2`, `E`). */
export function levelOfName(name: string): LogLevel | undefined {
  if (name.length > longestName) return undefined;
  return levels.get(name) ?? levels.get(name.toLowerCase().replace(/[^a-z]/g, ''));
}

/** Syslog's severities: 0 emergency to 7 debug (RFC 5424); journald, GELF and rsyslog use them. */
export function levelOfSyslog(severity: number): LogLevel | undefined {
  const named: readonly LogLevel[] = ['fatal', 'fatal', 'fatal', 'error', 'warn', 'info', 'info', 'debug'];
  return named[severity];
}

/** OpenTelemetry's severity numbers: four each from 1 (trace) to 24 (fatal); 0 is none. */
export function levelOfOtel(severity: number): LogLevel | undefined {
  return severity > 0 ? logLevels[Math.floor((severity - 1) / 4)] : undefined;
}

/** Python's levels: 10 debug to 50 critical. */
export function levelOfPython(level: number): LogLevel | undefined {
  return level >= 0 ? logLevels[Math.min(5, Math.floor(level / 10))] : undefined;
}

/** A bare number: syslog's up to 7, pino's and bunyan's 10 (trace) to 60 (fatal), Monolog's 100 (debug) to 600. */
export function levelOfNumber(level: number): LogLevel | undefined {
  if (level >= 0 && level <= 7) return levelOfSyslog(level);
  if (level >= 10 && level < 70) return logLevels[Math.floor(level / 10) - 1];
  if (!(level >= 100 && level <= 600)) return undefined;
  if (level < 300) return level < 200 ? 'debug' : 'info';
  return level < 400 ? 'warn' : level < 500 ? 'error' : 'fatal';
}
