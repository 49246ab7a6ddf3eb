import { parentPort } from 'node:worker_threads';
import type { ReportFormat } from '../config/report-block.ts';
import type { ReportInputs } from '../reports/model.ts';
import { type MadeReport, makeReport } from './report-making.ts';

/** What the thread is asked for. */
export interface ReportWanted {
  readonly inputs: ReportInputs;
  readonly formats: readonly ReportFormat[];
}

/** What the thread answers. */
export type ReportWord =
  | { readonly kind: 'made'; readonly made: MadeReport }
  | { readonly kind: 'failed'; readonly message: string };

async function answer({ inputs, formats }: ReportWanted): Promise<ReportWord> {
  try {
    return { kind: 'made', made: await makeReport(inputs, formats) };
  } catch (error) {
    return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

const port = parentPort;
port?.on('message', (wanted: ReportWanted) => void answer(wanted).then(word => port.postMessage(word)));
