import { createProgress, type Progress, type ProgressOptions } from './progress.ts';

/** How far a refresh of all resources is. */
export interface CapacityStage {
  /** Its name, and which of how many it is; 1 is the first. */
  readonly resource: string;
  readonly number: number;
  readonly of: number;
  /** Entities of it that are forecast, and all; left out while it is read. */
  readonly forecast?: { readonly done: number; readonly total: number };
}

/** Fewer entities are forecast before one could read how far it is. */
const worthTelling = 64;

/** Says which resource is read, and of those with many entities how far their forecasts are. */
export function tellStages(how: Pick<ProgressOptions, 'clock' | 'write' | 'terminal'>) {
  let progress: Progress | undefined;
  let told = 0;
  return ({ resource, number, of, forecast }: CapacityStage): void => {
    if (forecast === undefined) {
      const what = `reading ${resource}, ${number} of ${of} resources`;
      how.write(how.terminal ? `\r\u001b[K${what}` : `${what}\n`);
      return;
    }
    const { done, total } = forecast;
    if (total >= worthTelling) {
      if (progress === undefined) told = 0;
      progress ??= createProgress({ ...how, what: `forecasting ${resource}`, total });
      progress.step(done - told);
      told = done;
    }
    if (done < total) return;
    progress?.end();
    progress = undefined;
    if (how.terminal && number === of) how.write('\r\u001b[K');
  };
}
