import type { Grafana, HeldDashboard } from '../clients/grafana.ts';
import { GrafanaError } from '../clients/grafana-failure.ts';
import { bareModel, contentHash, handiwork, headOf, markedModel, markOf } from './grafana-mark.ts';

type Model = Readonly<Record<string, unknown>>;

/** How dashboards are pushed. */
export interface PushHow {
  readonly folderUid: string;
  /** Take over what a person changed. */
  readonly overwrite: boolean;
  /** It was pushed before: when it is not there, a person deleted it, and it stays so. */
  readonly known?: boolean;
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
}

/** What became, or in a dry run would become, of one thing in Grafana. */
export interface PushResult {
  readonly uid: string;
  readonly title: string;
  readonly state: 'new' | 'changed' | 'unchanged' | 'conflict' | 'overwritten';
  /** Of a conflict. */
  readonly why?: string;
  /** As it was, without what Grafana adds. */
  readonly before?: Model;
  /** As it is to be. */
  readonly after?: Model;
}

/** What is to be done with a dashboard that Grafana holds, or does not. */
export function planPush(
  held: HeldDashboard | undefined,
  wanted: Model,
  how: Pick<PushHow, 'folderUid' | 'overwrite' | 'known'>,
): Pick<PushResult, 'state' | 'why'> {
  if (held === undefined)
    return how.known ? { state: 'conflict', why: 'it was deleted by hand' } : { state: 'new' };
  const why = handiwork(held, how.folderUid);
  if (why === undefined)
    return { state: markOf(held.model)?.hash === contentHash(bareModel(wanted)) ? 'unchanged' : 'changed' };
  return how.overwrite && !held.provisioned ? { state: 'overwritten' } : { state: 'conflict', why };
}

/**
 * Brings one dashboard to Grafana: made when it is not there, saved over the version that foreshock saved last, left alone
 * when it is the same or when a person changed it. Doing it again changes nothing. Rejects with a GrafanaError.
 */
export async function pushDashboard(grafana: Grafana, wanted: Model, how: PushHow): Promise<PushResult> {
  const first = await tryPush(grafana, wanted, how);
  // Somebody was faster: another foreshock, which left it as we want it, or a person, whom the second look finds.
  return first.refused ? (await tryPush(grafana, wanted, how)).result : first.result;
}

interface Tried {
  readonly result: PushResult;
  /** Grafana holds another version than the one that was read, or something else of this title. */
  readonly refused: boolean;
}

async function tryPush(grafana: Grafana, wanted: Model, how: PushHow): Promise<Tried> {
  const about = { ...headOf(wanted), after: bareModel(wanted) };
  const held = await grafana.dashboard(about.uid, how.signal);
  const before = held === undefined ? {} : { before: bareModel(held.model) };
  const plan = planPush(held, wanted, how);
  const result = { ...about, ...before, ...plan };
  if (how.dryRun || plan.state === 'unchanged' || plan.state === 'conflict')
    return { result, refused: false };
  const dashboard = markedModel(wanted, held?.version ?? 0);
  const message = `foreshock: ${contentHash(about.after)}`;
  const overwrite = plan.state === 'overwritten';
  try {
    const save = { dashboard, folderUid: how.folderUid, message, overwrite, over: held };
    await grafana.saveDashboard(save, how.signal);
  } catch (error) {
    if (!(error instanceof GrafanaError) || error.outcome !== 'conflict') throw error;
    return { result: { ...about, ...before, state: 'conflict', why: error.message }, refused: true };
  }
  return { result, refused: false };
}

/** Takes a dashboard away where it is as foreshock left it; answers why it stays otherwise. */
export async function withdrawDashboard(
  grafana: Grafana,
  uid: string,
  how: Pick<PushHow, 'folderUid' | 'signal'>,
): Promise<string | undefined> {
  const held = await grafana.dashboard(uid, how.signal);
  const why = held === undefined ? undefined : handiwork(held, how.folderUid);
  if (held !== undefined && why === undefined) await grafana.removeDashboard(uid, how.signal);
  return why;
}

/** Makes the folder where there is none of its uid; one that a person renamed stays as it is. */
export async function ensureFolder(
  grafana: Grafana,
  folder: { readonly uid: string; readonly title: string },
  signal: AbortSignal,
): Promise<void> {
  if ((await grafana.folder(folder.uid, signal)) !== undefined) return;
  try {
    await grafana.addFolder(folder, signal);
  } catch (error) {
    if (!(error instanceof GrafanaError) || error.outcome !== 'conflict') throw error;
    if ((await grafana.folder(folder.uid, signal)) !== undefined) return;
    throw new GrafanaError(
      `${error.message}: another folder is called "${folder.title}"; give its uid as dashboards.push.folder_uid`,
      { outcome: 'refused', cause: error },
    );
  }
}
