import { Agent, get } from 'node:http';
import { CallFailure } from './call-failure.ts';

const timeoutMs = 2000;

/** Calls the instances of the peers in turn over kept connections. */
export class PeerClient {
  readonly #agent = new Agent({ keepAlive: true });
  #turn = 0;

  /** GETs `path` on the next of `ports`; rejects when it cannot be reached, answers 5xx, or is silent for 2 s. */
  call(ports: readonly number[], path: string, trace: string): Promise<void> {
    const port = ports[this.#turn++ % ports.length];
    const headers = { 'x-trace-id': trace };
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port, path, agent: this.#agent, timeout: timeoutMs, headers };
      const request = get(options, answer => {
        answer.resume();
        answer.on('end', () => {
          const status = answer.statusCode ?? 500;
          if (status < 500) resolve();
          else reject(new CallFailure(`upstream answered ${status}`));
        });
      });
      request.on('timeout', () =>
        request.destroy(new CallFailure('upstream timed out after 2 s', { timeout: true })),
      );
      request.on('error', reject);
    });
  }
}
