// Kills servers at random with SIGKILL and starts each again after a while, so that never more than two are dead or starting.
import { pause } from '../../src/chain/rpc.ts';
import type { ServerProcess } from './stage/server-process.ts';
import { until } from './stage/waiting.ts';

/** Dead or starting at the same time. */
const MOST_AWAY = 2;
/** Seconds between kills, and until a server starts again: at least, and at most so much more. */
const [BETWEEN, MORE_BETWEEN] = [2, 4];
const [DEAD, MORE_DEAD] = [0.5, 3];

export class Killing {
  kills = 0;
  readonly #servers: readonly ServerProcess[];
  readonly #random: () => number;
  readonly #restarts = new Map<ServerProcess, Promise<void>>();

  /** `random`: numbers in 0..1. */
  constructor(servers: readonly ServerProcess[], random: () => number) {
    this.#servers = servers;
    this.#random = random;
  }

  /** Goes on until `isOver`; then all are started again. Throws where a server has ended by itself. */
  async until(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await pause(1000 * (BETWEEN + MORE_BETWEEN * this.#random()));
      const victim = this.#servers[Math.floor(this.#random() * this.#servers.length)]!;
      const away = this.#servers.filter((server) => !server.isReady);
      if (this.#restarts.has(victim)) continue;
      if (!victim.isLive) throw new Error(`${victim.name} has ended by itself:\n${victim.tail()}`);
      if (away.length >= MOST_AWAY || away.includes(victim)) continue;
      await victim.kill();
      this.kills++;
      this.#restarts.set(victim, this.#restart(victim, DEAD + MORE_DEAD * this.#random()));
    }
    await Promise.all(this.#restarts.values());
    await until('all are ready again', 120, () => this.#servers.every((server) => server.isReady));
  }

  async #restart(server: ServerProcess, seconds: number): Promise<void> {
    await pause(1000 * seconds);
    server.start();
    this.#restarts.delete(server);
  }
}
