/** What a script reads from the exit code; the numbers are a contract. */
export const exitCodes = { done: 0, found: 1, badInput: 2, outsideFailed: 3 } as const;

/** Bad usage or input: told on standard error as it is, without a stack, with exit code 2. */
export class InputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InputError';
  }
}
