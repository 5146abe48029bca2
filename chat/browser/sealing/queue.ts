// SPDX-License-Identifier: AGPL-3.0-or-later
// WebCrypto is asynchronous: two sends without an `await` between them would step the same chain
// twice and use one key and nonce twice. So whatever touches a seat's chains runs here, one by one.

export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `job` after all earlier ones are over, whether they failed or not. */
  run<T>(job: () => Promise<T>): Promise<T> {
    const result = this.#last.then(job);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
