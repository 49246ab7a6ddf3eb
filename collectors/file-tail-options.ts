import { z } from 'zod';
import { durationOption } from './duration-option.ts';
import { multilineOptions } from './multiline.ts';

/** What is read from files, and how. */
export const fileTailOptions = z.strictObject({
  name: z.string().min(1).default('file_tail').describe('Name of the source.'),
  paths: z
    .array(z.string().min(1))
    .min(1)
    .describe('Globs of the files; they should match rotated files too, e.g. /var/log/app.log*.'),
  exclude: z.array(z.string().min(1)).default([]).describe('Globs of files to leave out.'),
  labels: z.record(z.string(), z.string()).default({}).describe('Labels of every record.'),
  start_at: z
    .enum(['beginning', 'end'])
    .default('end')
    .describe(
      'Where files are begun that are there at the very first start; later ones are read from their beginning.',
    ),
  gzip: z
    .boolean()
    .default(false)
    .describe('Read each .gz file that the globs match, once and whole, also at the very first start.'),
  multiline: multilineOptions.optional().describe('Which lines belong together, e.g. stack traces.'),
  encoding: z.enum(['utf-8', 'latin1']).default('utf-8').describe('Encoding of the files.'),
  max_line_bytes: z
    .int()
    .min(64)
    .max(16_777_216)
    .default(1_048_576)
    .describe('A longer line is cut, and its rest skipped.'),
  poll_interval: durationOption('250ms', 1).describe('How often files are looked at.'),
  rotated_wait: durationOption('10s', 1).describe('How long a renamed or deleted file is still read from.'),
  partial_line_timeout: durationOption('0s', 0).describe(
    'A line without an end is taken as it is when nothing came for so long; 0s waits for its end.',
  ),
});
export type FileTailOptions = z.output<typeof fileTailOptions>;
