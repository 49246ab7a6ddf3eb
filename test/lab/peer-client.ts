import { Agent, get } from 'node:http';
import { CallFailure } from './call-failure.ts';

const timeoutMs = 2000;

/** A service that is called: its name in the lab's name server, and the ports of its instances. */
export interface Peer {
  readonly name: string;
  readonly ports: readonly number[];
}

/** Calls the instances of the peers in turn over kept connections. */
export class PeerClient {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #addressOf: (name: string) => Promise<string>;
  #turn = 0;

  /** `addressOf` looks a name up; its failure is that of the call. */
  constructor(addressOf: (name: string) => Promise<string>) {
    this.#addressOf = addressOf;
  }

  /** GETs `path` on the next instance; rejects when it cannot be found or reached, answers 5xx, or is silent for 2 s. */
  async call({ name, ports }: Peer, path: string, trace: string): Promise<void> {
    const port = ports[this.#turn++ % ports.length];
    const host = await this.#addressOf(name);
    const headers = { 'x-trace-id': trace };
    await new Promise<void>((resolve, reject) => {
      const options = { host, port, path, agent: this.#agent, timeout: timeoutMs, headers };
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
