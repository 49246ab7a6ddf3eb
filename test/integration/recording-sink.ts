import type { LogRecord, LogSink, RecordBatch, Refusal } from '../../core/log.ts';

/** A sink that keeps all that it is given; it has room unless it is told to be full. */
export interface RecordingSink extends LogSink {
  readonly batches: readonly RecordBatch[];
  readonly records: readonly LogRecord[];
  readonly refused: ReadonlyMap<Refusal, number>;
  /** What was told of each refusal, in order. */
  readonly said: readonly string[];
  /** Troubles in order, each once as long as it lasts; undefined where it was over. */
  readonly troubles: readonly (string | undefined)[];
  /** The last position that was taken. */
  position(): string | undefined;
  /** From now on there is no room, until the answer is called. */
  fill(): () => void;
}

export function createRecordingSink(): RecordingSink {
  const batches: RecordBatch[] = [];
  const records: LogRecord[] = [];
  const refused = new Map<Refusal, number>();
  const said: string[] = [];
  const troubles: (string | undefined)[] = [];
  let room: Promise<void> = Promise.resolve();
  return {
    batches,
    records,
    refused,
    said,
    troubles,
    take(batch) {
      batches.push(batch);
      for (const record of batch.records) records.push(record);
      return room;
    },
    refuse(reason, count, what) {
      refused.set(reason, (refused.get(reason) ?? 0) + count);
      said.push(what);
    },
    trouble(message) {
      if (troubles.at(-1) !== message || troubles.length === 0) troubles.push(message);
    },
    position: () => batches.at(-1)?.position,
    fill() {
      let empty = () => {};
      room = new Promise(resolve => {
        empty = () => {
          room = Promise.resolve();
          resolve();
        };
      });
      return empty;
    },
  };
}

/** A collector that runs against a recording sink until it is stopped. */
export interface Running {
  readonly sink: RecordingSink;
  stop(): Promise<void>;
}

/** Starts a collector from a position. */
export function startCollector(
  collector: { start(sink: LogSink, from: string | undefined, signal: AbortSignal): Promise<void> },
  from?: string,
): Running {
  const sink = createRecordingSink();
  const ended = new AbortController();
  const running = collector.start(sink, from, ended.signal);
  return {
    sink,
    async stop() {
      ended.abort();
      await running;
    },
  };
}
