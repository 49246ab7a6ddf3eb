import { parentPort, workerData } from 'node:worker_threads';
import { fitOutlook } from '../correlators/escalation-outlook.ts';
import { encodeOutlook } from '../correlators/escalation-outlook-codec.ts';
import type { OutlookJob } from './escalation-fit.ts';

const port = parentPort;
if (port === null)
  throw new Error('escalation-worker.ts is a worker thread: it is started by escalation-fit.ts');
const { history, options }: OutlookJob = workerData;
port.postMessage(encodeOutlook(fitOutlook(history, options)));
