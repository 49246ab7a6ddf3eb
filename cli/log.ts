import pino from 'pino';
import { InputError } from './exit.ts';

export interface Log {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const levels = ['debug', 'info', 'warn', 'error'] as const;

function logfmt(level: string, message: string): string {
  return `ts=${new Date().toISOString()} level=${level} msg=${JSON.stringify(message)}\n`;
}

/** Logs to standard error, as Prometheus does: `logfmt` or `json`. Throws an InputError for unknown words. */
export function createLog(options: { readonly level: string; readonly format: string }): Log {
  const level = levels.find(each => each === options.level);
  if (level === undefined)
    throw new InputError(`--log.level ${options.level}: must be one of ${levels.join(', ')}`);
  if (options.format === 'json') {
    const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
    return {
      info: text => logger.info(text),
      warn: text => logger.warn(text),
      error: text => logger.error(text),
    };
  }
  if (options.format !== 'logfmt')
    throw new InputError(`--log.format ${options.format}: must be logfmt or json`);
  const least = levels.indexOf(level);
  const write = (rank: number, word: string) => (text: string) => {
    if (rank >= least) process.stderr.write(logfmt(word, text));
  };
  return { info: write(1, 'info'), warn: write(2, 'warn'), error: write(3, 'error') };
}
