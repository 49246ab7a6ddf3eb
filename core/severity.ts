/** The severities that are known, the gravest last. */
export const severities: readonly string[] = ['none', 'info', 'warning', 'error', 'critical', 'page'];

/** True when the first is graver than the second; a word that is not known is as grave as a warning. */
export function outranks(severity: string, other: string): boolean {
  const rank = (word: string) => severities.indexOf(severities.includes(word) ? word : 'warning');
  return rank(severity) > rank(other);
}
