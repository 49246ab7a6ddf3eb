import { affected } from '../alerts/incident-alert.ts';
import type { Annotation, Grafana } from '../clients/grafana.ts';
import type { Incident } from '../core/incident.ts';
import { sayCount, sayEntity, sayList, saySignal } from '../core/say-name.ts';
import type { Change } from '../core/topology.ts';
import { contentHash } from './grafana-mark.ts';

/** A mark that is to be there once, whoever writes it how often; `id` is one of its tags. */
export interface OwnAnnotation extends Annotation {
  readonly id: string;
}

/** So many anomalies of one incident are marked: those that began first. */
const mostAnomalies = 50;
const longest = 500;

/** Grafana shows the text of an annotation as HTML. */
function plain(text: string): string {
  const cut = text.replace(/\s+/g, ' ').slice(0, longest);
  return cut.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function own(kind: string, key: unknown, what: Omit<Annotation, 'tags'>): OwnAnnotation {
  const id = `foreshock:${contentHash([kind, key])}`;
  return { id, ...what, tags: ['foreshock', kind, id] };
}

const until = (end: number | undefined) => (end === undefined ? {} : { timeEnd: end });

/** The incident from its beginning to its end, and each anomaly in it. `url` leads to its page. */
export function annotationsOf(incident: Incident, url: string): readonly OwnAnnotation[] {
  const { id, members, startsAt, endsAt } = incident;
  const title = `Incident ${id}: ${sayCount(members.length, 'alert')} on ${sayList(affected(incident))}`;
  const link = /^https?:\/\/[^\s"<>]+$/.test(url) ? ` <a href="${url}">Incident page</a>` : '';
  const whole = own('incident', id, {
    time: startsAt,
    ...until(endsAt),
    text: `${plain(title)}${link}`,
  });
  const anomalies = members
    .map(({ alert }) => alert)
    .filter(({ labels }) => labels.class !== undefined)
    .sort((a, b) => a.startsAt - b.startsAt)
    .slice(0, mostAnomalies)
    .map(({ labels, startsAt: time, endsAt: end }) => {
      const {
        alertname: _alertname,
        class: _class,
        signal = 'unusual',
        severity: _severity,
        ...entity
      } = labels;
      const text = plain(`${sayEntity(entity)}: ${saySignal(signal)}`);
      return own('anomaly', [labels, time], { time, ...until(end), text });
    });
  return [whole, ...anomalies];
}

/** A deploy, a setting, a scaling, where it happened. */
export function changeAnnotation({ t, entity, kind, text }: Change): OwnAnnotation {
  return own('change', [t, entity, kind, text], {
    time: t,
    text: plain(`${sayEntity(entity)}: ${kind}: ${text}`),
  });
}

/** What is known of a mark that was written: `open` until its end was told. */
export interface WrittenAnnotation {
  readonly id: number;
  readonly open: boolean;
}

/**
 * Brings a mark to Grafana: written when nothing carries its id, ended when it has an end now, else left as it is, whatever a
 * person wrote into it. `known` spares the look for it; one that is known and is gone was deleted by a person and stays so.
 */
export async function putAnnotation(
  grafana: Grafana,
  { id, ...annotation }: OwnAnnotation,
  { known, signal }: { readonly known?: WrittenAnnotation | undefined; readonly signal: AbortSignal },
): Promise<WrittenAnnotation> {
  const open = annotation.timeEnd === undefined;
  const written = known ?? (await findAnnotation(grafana, id, signal));
  if (written === undefined) return { id: await grafana.addAnnotation(annotation, signal), open };
  if (written.open && annotation.timeEnd !== undefined)
    await grafana.endAnnotation(written.id, annotation.timeEnd, signal);
  return { id: written.id, open };
}

async function findAnnotation(
  grafana: Grafana,
  tag: string,
  signal: AbortSignal,
): Promise<WrittenAnnotation | undefined> {
  const [held] = await grafana.annotations([tag], signal);
  return held === undefined ? undefined : { id: held.id, open: (held.timeEnd ?? held.time) <= held.time };
}
