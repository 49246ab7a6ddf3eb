/** True for what ends on a date and has no amount. */
export function isExpiry(resource: string): boolean {
  return /cert|expir/i.test(resource);
}
