import type { LogCollector, LogRecord, LogSink, RecordBatch, Refusal } from '../../core/log.ts';
import { until } from '../integration/loopback-server.ts';

/** A collector at work, and what came of it. */
export interface LogReading {
  readonly records: readonly LogRecord[];
  readonly batches: readonly RecordBatch[];
  readonly refused: ReadonlyMap<Refusal, number>;
  readonly said: readonly string[];
  readonly troubles: readonly (string | undefined)[];
  texts(): readonly string[];
  /** Position of the last batch; undefined when there was none. */
  position(): string | undefined;
  /** Waits until so many records came. */
  got(count: number): Promise<void>;
  /** Ends the reading; the promise of `start` has resolved. */
  stop(): Promise<void>;
}

/** Starts a collector; `take` is what the sink does with a batch besides keeping it. */
export function readLogs(
  collector: LogCollector,
  { from, take }: { readonly from?: string | undefined; readonly take?: LogSink['take'] } = {},
): LogReading {
  const records: LogRecord[] = [];
  const batches: RecordBatch[] = [];
  const refused = new Map<Refusal, number>();
  const said: string[] = [];
  const troubles: (string | undefined)[] = [];
  const abort = new AbortController();
  const sink: LogSink = {
    async take(batch) {
      batches.push(batch);
      records.push(...batch.records);
      await take?.(batch);
    },
    refuse(reason, count, what) {
      refused.set(reason, (refused.get(reason) ?? 0) + count);
      said.push(what);
    },
    trouble: message => void troubles.push(message),
  };
  const running = collector.start(sink, from, abort.signal);
  return {
    records,
    batches,
    refused,
    said,
    troubles,
    texts: () => records.map(({ text }) => text),
    position: () => batches.at(-1)?.position,
    got: count => until(`${count} records`, () => records.length >= count).then(() => undefined),
    async stop() {
      abort.abort();
      await running;
    },
  };
}
