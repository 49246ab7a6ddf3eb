import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { z } from 'zod';
import type { Grafana } from '../clients/grafana.ts';
import { GrafanaError } from '../clients/grafana-failure.ts';
import type { PushBlock } from '../config/dashboards-block.ts';
import { SourceError } from '../core/series.ts';
import type { KeyValues } from '../core/store.ts';
import { writeLayout } from '../dashboards/layout.ts';
import { removeFile, writeFiles } from './dashboard-folder.ts';
import { ensureFolder, pushDashboard, withdrawDashboard } from './grafana-dashboards.ts';
import { headOf, wantedModel } from './grafana-mark.ts';
import { modelOf } from './grafana-push.ts';
import { readStored, toStored } from './stored-json.ts';

/** What became of a dashboard: `left` is one that a person changed, with why. */
export type Brought = {
  readonly outcome: 'written' | 'unchanged' | 'removed' | 'left';
  readonly why?: string;
};

/** A place for dashboards. Both reject with a SourceError, a retryable one when doing it again may help. */
export interface DashboardTarget {
  readonly name: 'folder' | 'grafana';
  /** `kept`: one that will be brought again and again, and is looked at only when it has changed. */
  put(dashboard: Dashboard, how: { readonly kept: boolean; readonly signal: AbortSignal }): Promise<Brought>;
  remove(uid: string, signal: AbortSignal): Promise<Brought>;
}

const byHand = 'it was changed by hand';

/** A provisioning folder. */
export function createFolderTarget(folder: string): DashboardTarget {
  const attempt = (body: () => Brought): Brought => {
    try {
      return body();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SourceError(reason, { retryable: true, cause });
    }
  };
  return {
    name: 'folder',
    put: async dashboard =>
      attempt(() => {
        const state = writeFiles(folder, writeLayout([dashboard]), { overwrite: false }).at(-1)?.state;
        if (state === 'conflict') return { outcome: 'left', why: byHand };
        return { outcome: state === 'unchanged' ? 'unchanged' : 'written' };
      }),
    remove: async uid =>
      attempt(() =>
        removeFile(folder, `dashboards/foreshock/${uid}.json`)
          ? { outcome: 'removed' }
          : { outcome: 'left', why: byHand },
      ),
  };
}

/** What was pushed last, by uid; `left` to the person who changed it. */
const recordSchema = z.object({ hash: z.string(), left: z.boolean() });

/** Grafana by its HTTP API. `records` remembers over a restart what was pushed, so that nothing is asked for what is the same. */
export function createGrafanaTarget(grafana: Grafana, push: PushBlock, records: KeyValues): DashboardTarget {
  const { folder_uid: folderUid, folder: title } = push;
  const recordOf = (uid: string) => readStored(records.get(uid), recordSchema);
  let isThere = false;
  /** Makes the folder before the first save, and again when Grafana has lost it. */
  const inFolder = async <T>(act: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    const make = () => ensureFolder(grafana, { uid: folderUid, title }, signal);
    if (!isThere) await make();
    isThere = true;
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof GrafanaError) || error.outcome !== 'refused') throw error;
      await make();
      return act();
    }
  };
  return {
    name: 'grafana',
    async put(dashboard, { kept, signal }) {
      const wanted = wantedModel(modelOf(dashboard, push.schema));
      const { hash } = wanted;
      const { uid } = headOf(wanted.bare);
      const record = kept ? recordOf(uid) : undefined;
      if (record !== undefined && (record.left || record.hash === hash)) return { outcome: 'unchanged' };
      const known = record !== undefined;
      const how = { folderUid, overwrite: false, known, dryRun: false, signal };
      const { state, why, refused } = await inFolder(() => pushDashboard(grafana, wanted, how), signal);
      const left = state === 'conflict';
      if (kept && !refused) records.set(uid, toStored({ hash, left }));
      if (left) return { outcome: 'left', ...(why === undefined ? {} : { why }) };
      return { outcome: state === 'unchanged' ? 'unchanged' : 'written' };
    },
    async remove(uid, signal) {
      const why = await withdrawDashboard(grafana, uid, { folderUid, signal });
      records.delete(uid);
      return why === undefined ? { outcome: 'removed' } : { outcome: 'left', why };
    },
  };
}
