import { z } from 'zod';
import { parseBlows } from './faults.ts';
import type { Incident } from './incident.ts';
import { usualName } from './incident.ts';

const listed = z.array(z.string()).readonly();

/** Which incidents labs live through side by side, one list a lab: faults as `--fault` takes them, by part, in order. */
export const campaignSchema = z.strictObject({
  labs: z.array(z.strictObject({ tune: listed, 'held out': listed })).min(1),
});
export type Campaign = z.output<typeof campaignSchema>;

/** The durations of each incident in ms. */
export interface Spans {
  readonly normal: number;
  readonly faultFor: number;
  readonly after: number;
}

/** The incidents of one lab of a campaign (numbered from 1) in order, those held out last. Throws when there is no such lab. */
export function campaignIncidents(campaign: Campaign, lab: number, spans: Spans): readonly Incident[] {
  const own = campaign.labs[lab - 1];
  if (own === undefined) throw new Error(`--lab ${lab}: expected 1 to ${campaign.labs.length}`);
  return (['tune', 'held out'] as const).flatMap(part =>
    own[part].map((text, i) => {
      const blows = parseBlows(text);
      const name = `${part.replace(' ', '-')}-${lab}${i + 1}-${usualName(blows)}`;
      return { name, blows, part, ...spans };
    }),
  );
}
