import { once } from 'node:events';
import { withLab } from './watched.ts';

/** `node dist/lab/live.js PORT DIR`: a lab that lives on the ports from PORT, with its files in DIR, until it is told to end. */
const [port, work] = process.argv.slice(2);
await withLab({ basePort: Number(port), work }, async () => {
  setInterval(() => {}, 60_000);
  await once(process, 'SIGTERM');
});
