import type { Grafana, HeldDashboard } from '../clients/grafana.ts';
import { GrafanaError } from '../clients/grafana-failure.ts';
import { bareModel, handiwork, headOf, markedModel, markOf, type WantedModel } from './grafana-mark.ts';

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
  readonly state: 'new' | 'changed' | 'unchanged' | 'conflict' | 'overwritten' | 'removed';
  /** Of a conflict. */
  readonly why?: string;
  /** Of a conflict with nobody that can be named: Grafana refused it twice. Another time it may be saved. */
  readonly refused?: true;
  /** As it was, without what Grafana adds. */
  readonly before?: Model;
  /** As it is to be. */
  readonly after?: Model;
}

/** What is to be done with a dashboard that Grafana holds, or does not. */
function planPush(
  held: HeldDashboard | undefined,
  { hash }: Pick<WantedModel, 'hash'>,
  how: Pick<PushHow, 'folderUid' | 'overwrite' | 'known'>,
): Pick<PushResult, 'state' | 'why'> {
  if (held === undefined)
    return how.known ? { state: 'conflict', why: 'it was deleted by hand' } : { state: 'new' };
  const why = handiwork(held, how.folderUid);
  if (why === undefined) return { state: markOf(held.model)?.hash === hash ? 'unchanged' : 'changed' };
  return how.overwrite && !held.provisioned ? { state: 'overwritten' } : { state: 'conflict', why };
}

/**
 * Brings one dashboard to Grafana: made when it is not there, saved over the version that foreshock saved last, left alone
 * when it is the same or when a person changed it. Doing it again changes nothing. Rejects with a GrafanaError.
 */
export async function pushDashboard(
  grafana: Grafana,
  wanted: WantedModel,
  how: PushHow,
): Promise<PushResult> {
  return withSecondLook(() => lookAtDashboard(grafana, wanted, how));
}

/** What was read of one thing in Grafana, and what is left to be done with it; nothing in a dry run. */
export interface Look {
  readonly result: PushResult;
  readonly save?: () => Promise<unknown>;
}

/**
 * Looks at one thing and saves it. Where Grafana refuses, as another version is there than the one that was read, it looks a second
 * time: somebody was faster, another foreshock, which left it as we want it, or a person, whom that look finds. What is refused
 * again is a conflict. Rejects with a GrafanaError for any other failure.
 */
export async function withSecondLook(look: () => Promise<Look>): Promise<PushResult> {
  const first = await look();
  if ((await refusalOf(first)) === undefined) return first.result;
  const second = await look();
  const why = await refusalOf(second);
  return why === undefined ? second.result : { ...second.result, state: 'conflict', why, refused: true };
}

/** Saves it; answers why Grafana holds something else than what was read. */
async function refusalOf({ save }: Look): Promise<string | undefined> {
  try {
    await save?.();
    return undefined;
  } catch (error) {
    if (!(error instanceof GrafanaError) || error.outcome !== 'conflict') throw error;
    return error.message;
  }
}

async function lookAtDashboard(grafana: Grafana, wanted: WantedModel, how: PushHow): Promise<Look> {
  const { folderUid, dryRun, signal } = how;
  const about = { ...headOf(wanted.bare), after: wanted.bare };
  const held = await grafana.dashboard(about.uid, signal);
  const before = held === undefined ? {} : { before: bareModel(held.model) };
  const plan = planPush(held, wanted, how);
  const result = { ...about, ...before, ...plan };
  if (dryRun || plan.state === 'unchanged' || plan.state === 'conflict') return { result };
  const dashboard = markedModel(wanted, held?.version ?? 0);
  const message = `foreshock: ${wanted.hash}`;
  const overwrite = plan.state === 'overwritten';
  const save = () => grafana.saveDashboard({ dashboard, folderUid, message, overwrite, over: held }, signal);
  return { result, save };
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
