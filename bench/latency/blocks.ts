// When each block came: the node announces it over a WebSocket, which is closer to the moment than its whole-second timestamp.
import { WebSocket } from 'undici';

export class Blocks {
  readonly #socket: WebSocket;
  readonly #at = new Map<number, number>();
  #waiting: (() => void)[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const head = JSON.parse(`${data}`).params?.result;
      if (head === undefined) return; // the reply to the subscription
      this.#at.set(Number(head.number), performance.now());
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const resolve of waiting) resolve();
    });
  }

  /** `url`: ws://. */
  static async follow(url: string): Promise<Blocks> {
    const socket = new WebSocket(url);
    await new Promise<void>((resolve, reject) => {
      socket.addEventListener('open', () => resolve());
      socket.addEventListener('error', () => reject(new Error(`no connection to ${url}`)));
    });
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_subscribe', params: ['newHeads'] }));
    return new Blocks(socket);
  }

  /** Time (performance.now) at which a block was announced. */
  async at(number: number): Promise<number> {
    for (;;) {
      const at = this.#at.get(number);
      if (at !== undefined) return at;
      await this.next();
    }
  }

  /** Resolves at the next block. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  close(): void {
    this.#socket.close();
  }
}
