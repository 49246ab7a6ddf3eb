import type { Suggestions } from './alertmanager-yaml.ts';
import { suggestGrouping } from './grouping.ts';
import type { AlertHistory } from './history.ts';
import { suggestInhibition } from './inhibition.ts';
import { toldBy } from './notifications.ts';

/** What a history speaks for. Rules and grouping are judged apart, so that either can be taken without the other. */
export function suggest(history: AlertHistory): Suggestions {
  const { suggestions, bare, under } = suggestInhibition(history);
  return {
    history,
    inhibition: suggestions,
    grouping: suggestGrouping(history, bare),
    notifications: { without: toldBy(bare).notifications, under: toldBy(under).notifications },
  };
}
