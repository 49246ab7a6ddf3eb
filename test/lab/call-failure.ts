/** A call that failed; `timeout` tells a callee that was too slow from one that was not there or answered an error. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly timeout: boolean;

  constructor(message: string, options: { readonly timeout?: boolean } = {}) {
    super(message);
    this.timeout = options.timeout ?? false;
  }
}

export function isTimeout(error: unknown): boolean {
  return error instanceof CallFailure && error.timeout;
}
