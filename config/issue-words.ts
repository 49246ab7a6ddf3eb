import type { z } from 'zod';
import { nearest } from './nearest.ts';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
  record: 'a map of keys',
};

/** What a schema found, in the words of a config. What the schema says in its own words stays. */
export function issueWords(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.message.endsWith('received undefined')) return 'is required';
  if (!/^(Invalid input|Invalid option|Invalid key|Too big|Too small)/.test(issue.message))
    return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String), value);
    case 'too_small':
      return boundWords(issue, 'small');
    case 'too_big':
      return boundWords(issue, 'big');
    case 'invalid_key':
      return issue.issues.map(each => each.message).join('; ');
    default:
      return issue.message;
  }
}

function oneOf(values: readonly string[], value: unknown): string {
  const meant = typeof value === 'string' ? nearest(value, values) : '';
  return `must be one of ${values.join(', ')}${meant}`;
}

function boundWords(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, side: 'small' | 'big'): string {
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const words =
    issue.inclusive === false ? { small: 'above', big: 'below' } : { small: 'at least', big: 'at most' };
  if (issue.origin !== 'array' && issue.origin !== 'string') return `must be ${words[side]} ${bound}`;
  if (side === 'small' && Number(bound) <= 1) return 'must not be empty';
  return `must hold ${words[side]} ${bound} ${issue.origin === 'array' ? 'items' : 'characters'}`;
}
