import { alertmanager } from './alertmanager.ts';
import { file } from './file.ts';
import { terminal } from './terminal.ts';
import { webhook } from './webhook.ts';

/** The receivers that there are: one line each. */
export const receivers = { alertmanager, webhook, file, terminal };
