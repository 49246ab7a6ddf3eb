#!/usr/bin/env node
import { CommanderError } from 'commander';
import { SourceError } from '../core/series.ts';
import { exitCodes, InputError } from './exit.ts';
import { createProgram } from './program.ts';

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  if (error instanceof InputError) process.stderr.write(`foreshock: ${error.message}\n`);
  else if (error instanceof SourceError) process.stderr.write(`foreshock: ${error.message}\n`);
  else
    process.stderr.write(
      `foreshock: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
  return error instanceof SourceError ? exitCodes.outsideFailed : exitCodes.badInput;
}

// A reader that stops early (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
