#!/usr/bin/env node
import { CommanderError } from 'commander';
import { SourceError } from '../core/series.ts';
import { escaped } from '../core/visible-text.ts';
import { StoreError } from '../store/database.ts';
import { exitCodes, InputError } from './exit.ts';
import { createProgram } from './program.ts';

/** What the system refuses (a taken port, a full disk) and what we say ourselves needs no stack; a fault of ours does. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const said = error instanceof InputError || error instanceof SourceError || error instanceof StoreError;
  return said || 'syscall' in error ? error.message : (error.stack ?? error.message);
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.badInput;
  // What a broken file holds must not steer the terminal.
  const words = wordsOf(error).replace(/[^\P{Cc}\n]/gu, escaped);
  process.stderr.write(`foreshock: ${words}\n`);
  return error instanceof SourceError ? exitCodes.outsideFailed : exitCodes.badInput;
}

// A reader that stops early (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
