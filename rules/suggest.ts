import type { Suggestions } from './alertmanager-yaml.ts';
import { suggestGrouping } from './grouping.ts';
import type { AlertHistory } from './history.ts';
import { readied, suggestInhibition } from './inhibition.ts';
import { toldUnder } from './inhibition-replay.ts';
import { toldBy } from './notifications.ts';

/** What a history speaks for. Rules and grouping are judged apart, so that either can be taken without the other. */
export function suggest(history: AlertHistory): Suggestions {
  const inhibition = suggestInhibition(history);
  const bare = toldUnder([], history);
  const told = toldUnder(readied(inhibition, history), history);
  return {
    history,
    inhibition,
    grouping: suggestGrouping(history, bare),
    notifications: { without: toldBy(bare).notifications, under: toldBy(told).notifications },
  };
}
