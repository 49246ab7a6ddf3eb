import type { Alert } from '../core/alert.ts';
import { type ParsedAlerts, parseAlerts, parseWebhook } from './alertmanager-webhook.ts';

/** What a message held: alerts that can be taken, and what is wrong with the others, in words. */
export interface AlertMessage {
  readonly alerts: readonly Alert[];
  /** So many its Alertmanager left out. */
  readonly truncated: number;
  /** Our own, and those without labels. */
  readonly ignored: number;
  readonly refused: readonly string[];
}

const nothing: AlertMessage = { alerts: [], truncated: 0, ignored: 0, refused: [] };
const refuse = (why: string): AlertMessage => ({ ...nothing, refused: [why] });

function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

/** Alert by alert: nobody sends a message again, so a bad alert must not take the good ones beside it away. */
function oneByOne(wires: readonly unknown[], received: number): AlertMessage {
  const read = wires.map((wire): ParsedAlerts => parseAlerts([wire], received));
  return {
    alerts: read.flatMap(each => (each.ok ? each.alerts : [])),
    truncated: 0,
    ignored: read.reduce((sum, each) => sum + (each.ok ? each.ignored : 0), 0),
    refused: read.flatMap((each, k) => (each.ok ? [] : [`alert ${k}: ${each.message}`])),
  };
}

/**
 * Reads a message with alerts, received at `received` ms, by the rules of the webhook: a body of Alertmanager's webhook (version
 * 4), an array of alerts, or one alert as its API v2 has it.
 */
export function readAlertMessage(text: string, received: number): AlertMessage {
  const json = parsed(text);
  if (json === undefined) return refuse('no JSON');
  const { value } = json;
  if (Array.isArray(value)) return oneByOne(value, received);
  const alerts = at(value, 'alerts');
  if (alerts === undefined)
    return at(value, 'labels') === undefined
      ? refuse('neither a webhook of Alertmanager, nor an alert: it has no alerts and no labels')
      : oneByOne([value], received);
  const whole = parseWebhook(value, received);
  if (whole.ok) {
    const { alerts: taken, truncated, ignored } = whole;
    return { alerts: taken, truncated, ignored, refused: [] };
  }
  const frame = parseWebhook({ ...Object(value), alerts: [] }, received);
  if (!frame.ok || !Array.isArray(alerts)) return refuse(whole.message);
  return { ...oneByOne(alerts, received), truncated: frame.truncated };
}
