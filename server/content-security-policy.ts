import { createHash } from 'node:crypto';
import { style } from './page-assets.ts';
import { script } from './page-script.ts';

function hash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/**
 * Only our own inline style and script run; nothing is loaded or framed, forms go to us only, and the script asks nobody but us. SVG
 * charts may carry style attributes.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  `style-src ${hash(style)}`,
  "style-src-attr 'unsafe-inline'",
  `script-src ${hash(script)}`,
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');
