import { type Incident, storedIncidentSchema } from '../core/incident.ts';
import type { KeyValues } from '../core/store.ts';

/** Incidents over a restart: written with the pass that changed them, read at the start. */
export interface IncidentStore {
  /** Writes those that changed since they were last written. */
  keep(incidents: readonly Incident[]): void;
  /** The oldest first. One that cannot be read is left out. */
  read(): readonly Incident[];
  /** Removes what ended before `t` (ms). */
  expire(t: number): void;
}

function parse(bytes: Uint8Array): Incident | undefined {
  try {
    return storedIncidentSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}

/** The incidents among stored values, the oldest first; what cannot be read is left out. */
export function incidentsOf(entries: ReturnType<KeyValues['entries']>): readonly Incident[] {
  return entries.flatMap(([, bytes]) => parse(bytes) ?? []).sort((a, b) => a.startsAt - b.startsAt);
}

export function createIncidentStore(values: KeyValues): IncidentStore {
  const written = new Map<string, string>();
  const read = () => incidentsOf(values.entries());
  return {
    keep(incidents) {
      for (const incident of incidents) {
        const text = JSON.stringify(incident);
        if (written.get(incident.id) === text) continue;
        values.set(incident.id, new TextEncoder().encode(text));
        if (incident.endsAt === undefined) written.set(incident.id, text);
        else written.delete(incident.id);
      }
    },
    read,
    expire(t) {
      for (const { id, endsAt } of read()) if (endsAt !== undefined && endsAt < t) values.delete(id);
    },
  };
}
