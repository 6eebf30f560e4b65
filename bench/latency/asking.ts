// Queries whose answers are waited for, with the time that each takes from its block to its sum.
import { fromHex, type Hex } from '../../src/bytes.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Server } from '../../src/parties/server/server.ts';
import type { Receipts } from '../../src/records/receipts/receipt.ts';
import type { Actor, Stage } from '../../test/cluster/stage/stage.ts';
import type { Blocks } from './blocks.ts';

export class Asking {
  readonly queries: Hex[] = [];
  readonly #stage: Stage;
  readonly #blocks: Blocks;
  readonly #patient: string;
  readonly #receipts: Receipts;
  readonly #insurers: readonly { actor: Actor; role: Insurer }[];

  constructor(stage: Stage, blocks: Blocks, patient: string, receipts: Receipts) {
    this.#stage = stage;
    this.#blocks = blocks;
    this.#patient = patient;
    this.#receipts = receipts;
    this.#insurers = stage.insurers.map((actor) => ({ actor, role: new Insurer(actor.site, actor.seed) }));
  }

  /** Asks so many queries, `atOnce` at a time. Seconds of each from the block that sealed it to its sum. */
  async all(count: number, atOnce: number): Promise<number[]> {
    const seconds: number[] = [];
    let begun = 0;
    const worker = async (insurer: number) => {
      while (begun < count) seconds.push(await this.#one(begun++, this.#insurers[insurer]!));
    };
    await Promise.all(Array.from({ length: atOnce }, (_, i) => worker(i % this.#insurers.length)));
    return seconds;
  }

  async #one(number: number, { actor, role }: { actor: Actor; role: Insurer }): Promise<number> {
    const { chain, threshold } = this.#stage;
    const { records } = this.#receipts;
    const { category } = records[number % records.length]!;
    const ids = records.filter((one) => one.category === category).map(({ recordId }) => recordId);
    const patient = this.#stage.patient(this.#patient);
    const signed = patient.consent(actor.address, this.#receipts, ids, await chain.deadline());
    const { queryId, transactions } = await role.query(signed);
    const sealed = await this.#blocks.at(transactions.at(-1)!.blockNumber);
    const isAnswered = async () =>
      (await actor.site.contract.queryState(fromHex(queryId))).answeredSeats.length >= threshold;
    while (!(await isAnswered())) await this.#blocks.next();
    await role.sum(queryId);
    this.queries.push(queryId);
    return (performance.now() - sealed) / 1000;
  }

  /** Seconds that a server takes to prepare each of the answers so far, in this process, one after another. */
  async preparing(): Promise<number[]> {
    const [seed] = this.#stage.serverSeeds as [Uint8Array];
    const server = new Server(await this.#stage.chain.reader(), seed);
    const seconds: number[] = [];
    for (const queryId of this.queries) {
      const begun = performance.now();
      const prepared = await server.prepare(this.#stage.ledgerId, fromHex(queryId));
      seconds.push((performance.now() - begun) / 1000);
      if (typeof prepared === 'string') throw new Error(prepared);
    }
    return seconds;
  }
}
