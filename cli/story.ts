import { affected, entityName } from '../alerts/incident-alert.ts';
import { formatDuration } from '../core/duration.ts';
import type { Incident } from '../core/incident.ts';

/** How the words are painted: picocolors, or nothing at all where the output is no terminal. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
}

/** What an engineer wants to know beside the incident itself. */
export interface StoryContext {
  readonly alertsIn: number;
  readonly notificationsOut: number;
  readonly dashboard: string | undefined;
  readonly page: string | undefined;
}

function clock(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19);
}

function suspectLines(incident: Incident, paint: Paint): string[] {
  const [first, ...others] = incident.suspects;
  if (first === undefined) return [`  ${paint.bold('Cause')}      not enough evidence to name one`];
  const lines = [
    `  ${paint.bold('Suspect')}    ${paint.red(entityName(first.entity))} - ${first.signal} (score ${first.score.toFixed(2)})`,
  ];
  for (const evidence of first.evidence) lines.push(`             - ${evidence}`);
  if (others.length > 0)
    lines.push(
      paint.dim(
        `             then ${others
          .slice(0, 3)
          .map(each => `${entityName(each.entity)} (${each.signal})`)
          .join(', ')}`,
      ),
    );
  return lines;
}

/** One incident as an engineer reads it in a terminal: when, what, who is suspected and why, how much noise it replaced. */
export function tellIncident(incident: Incident, context: StoryContext, paint: Paint): string {
  const ended =
    incident.endsAt === undefined
      ? paint.red('still open')
      : paint.green(
          `over after ${formatDuration(Math.round((incident.endsAt - incident.startsAt) / 1000) * 1000)}`,
        );
  const lines = [
    `${paint.bold(`Incident ${incident.id}`)}  began ${clock(incident.startsAt)} UTC, ${ended}`,
    `  ${paint.bold('Affected')}   ${affected(incident).join(', ')}`,
    ...suspectLines(incident, paint),
    `  ${paint.bold('Noise')}      ${context.alertsIn} alerts became ${context.notificationsOut} notification${context.notificationsOut === 1 ? '' : 's'}`,
  ];
  if (context.dashboard !== undefined) lines.push(`  ${paint.bold('Dashboard')}  ${context.dashboard}`);
  if (context.page !== undefined) lines.push(`  ${paint.bold('Page')}       ${context.page}`);
  return lines.join('\n');
}
