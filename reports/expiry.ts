/** Names of what ends on a date and has no amount. */
export const expiry = /cert|expir/i;

/** True for what ends on a date and has no amount. */
export function isExpiry(resource: string): boolean {
  return expiry.test(resource);
}
