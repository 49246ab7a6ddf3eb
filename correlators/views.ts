import type { Incident, Member, TimelineEntry } from '../core/incident.ts';
import { flaps } from './flapping.ts';
import type { OpenIncident, OpenMember } from './open-incident.ts';
import { mostAlerts, symptomLines, timelineOf } from './timeline.ts';

interface View {
  readonly incident: Incident;
  readonly positions: Map<string, number>;
  /** What the first alerts of a large incident look like in its timeline: later ones do not change it. */
  readonly lines: readonly TimelineEntry[] | undefined;
}

/**
 * Incidents as everyone else sees them: plain values that stay as they are. What did not change since the last look is
 * taken from there, so that one more alert of a large incident costs little.
 */
export class Views {
  readonly #last = new WeakMap<OpenIncident, View>();

  of(incident: OpenIncident): Incident {
    const last = this.#last.get(incident);
    if (last !== undefined && !incident.touched) return last.incident;
    const known = incident.changed === 'all' ? undefined : last;
    const positions = known?.positions ?? new Map<string, number>();
    const members = known === undefined ? [] : [...known.incident.members];
    const changed = known === undefined ? incident.members.keys() : changedOf(incident);
    for (const fingerprint of changed) {
      const position = positions.get(fingerprint) ?? members.length;
      positions.set(fingerprint, position);
      members[position] = sayMember(incident.members.get(fingerprint)!);
    }
    const full = incident.members.size > mostAlerts;
    const lines = (full ? known?.lines : undefined) ?? symptomLines(incident.members.values());
    const view = toIncident(incident, { members, lines });
    this.#last.set(incident, { incident: view, positions, lines: full ? lines : undefined });
    incident.changed = new Set();
    incident.touched = false;
    return view;
  }
}

function changedOf({ changed }: OpenIncident): Iterable<string> {
  return changed === 'all' ? [] : changed;
}

function toIncident(
  incident: OpenIncident,
  { members, lines }: { readonly members: readonly Member[]; readonly lines: readonly TimelineEntry[] },
): Incident {
  return {
    id: incident.id,
    startsAt: incident.startsAt,
    endsAt: incident.endsAt,
    members,
    suspects: incident.suspects,
    escalation: undefined,
    timeline: timelineOf(lines, { alerts: members.length, last: incident.lastAt, events: incident.timeline }),
    notifications: [...incident.notifications],
  };
}

function sayMember(member: OpenMember): Member {
  const { alert, reason, fired } = member;
  if (fired < 2) return { alert, reason };
  return { alert, reason: `${reason}; ${flaps(member) ? 'flapping, ' : ''}fired ${fired} times` };
}
