import type { Receiver } from '../core/receiver.ts';
import type { Tracing } from './tracing.ts';

/** The same receiver, each of its deliveries in a span `deliver`. */
export function tracedReceiver(receiver: Receiver, tracing: Tracing): Receiver {
  const { name, resendEvery } = receiver;
  return {
    name,
    resendEvery,
    deliver: (notifications, signal) =>
      tracing.span('deliver', { receiver: name, notifications: notifications.length }, () =>
        receiver.deliver(notifications, signal),
      ),
  };
}
