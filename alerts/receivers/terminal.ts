import { z } from 'zod';
import type { Component } from '../../core/component.ts';
import type { Receiver } from '../../core/receiver.ts';

const options = z.strictObject({ name: z.string().default('terminal').describe('Name of the receiver.') });

/** Where readable text goes: `wire.ts` hands in standard output, a test an array. */
export interface TerminalContext {
  readonly write: (text: string) => void;
}

/** Readable text, one line a state change and one with the details. */
export const terminal: Component<typeof options, Receiver, TerminalContext> = {
  name: 'terminal',
  summary: 'Readable text on standard output.',
  options,
  create({ name }, { write }) {
    return {
      name,
      resendEvery: 0,
      async deliver(notifications) {
        for (const { status, alert } of notifications) {
          const at = new Date(status === 'firing' ? alert.startsAt : (alert.endsAt ?? alert.startsAt));
          const { severity, alertname } = alert.labels;
          write(
            `${at.toISOString()} ${status.toUpperCase()} [${severity ?? 'none'}] ${alertname ?? ''}: ${alert.annotations.summary ?? ''}\n`,
          );
          if (alert.annotations.description) write(`  ${alert.annotations.description}\n`);
        }
      },
    };
  },
};
