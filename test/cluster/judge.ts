// Follows the answers that the contract accepts, and computes each again from what only the hospital and the insurer know: the keys
// of all seats and the pads of the masks. An accepted answer that is another one is wrong, whatever sum it gives.
import { concat, equalBytes, type Hex, toHex } from '../../src/bytes.ts';
import { pause } from '../../src/chain/rpc.ts';
import { readHead } from '../../src/chain/state.ts';
import type { ContractEvent } from '../../src/contract/types.ts';
import type { Dealer } from '../../src/ingest/dealer.ts';
import { sendingSecrets } from '../../src/ledger/channels.ts';
import { type QueryEdge, QueryView } from '../../src/ledger/query-view.ts';
import { positionOf } from '../../src/parties/complaints.ts';
import { answer, shareOfSum } from '../../src/query/answer.ts';
import { maskOf, maskPad } from '../../src/query/masks.ts';
import { shares } from '../../src/vss/dealing.ts';
import { keysOf } from '../../src/vss/subset-keys.ts';
import type { Actor, Stage } from './stage/stage.ts';

interface Judged {
  seats: Set<number>;
  query: Promise<{ view: QueryView; edges: QueryEdge[]; dealer: Dealer; channels: Uint8Array[] }>;
}

export class Judge {
  /** Accepted answers that are not what the seat's holder should have given. */
  readonly wrong: string[] = [];
  accepted = 0;
  readonly #stage: Stage;
  readonly #queries = new Map<Hex, Judged>();
  #stopped = false;
  #next = 0;
  #dealer: Promise<Dealer> | undefined;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  /** Seats whose answers to a query were accepted, as far as they have been judged. */
  seatsOf(queryId: Hex): ReadonlySet<number> {
    return this.#queries.get(queryId)?.seats ?? new Set();
  }

  /** Judges until stop(), and once more then. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.#judge();
      await pause(400);
    }
    await this.#judge();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #judge(): Promise<void> {
    const { site } = this.#stage.hospital;
    const head = (await readHead(site.contract.rpc)).number;
    if (head < this.#next) return;
    const range = { fromBlock: this.#next, toBlock: head };
    const { ledgerId } = this.#stage;
    for await (const event of site.events.read('AnswerAccepted', { ledgerId }, range)) await this.#take(event);
    this.#next = head + 1;
  }

  async #take(event: ContractEvent<'AnswerAccepted'>): Promise<void> {
    const name = toHex(event.queryId);
    const judged = this.#queries.get(name) ?? { seats: new Set<number>(), query: this.#read(event.queryId) };
    this.#queries.set(name, judged);
    const expected = this.#expected(await judged.query, event.seat);
    this.accepted++;
    if (!equalBytes(expected.y, event.y) || !equalBytes(expected.w, event.w)) {
      this.wrong.push(`query ${name}, seat ${event.seat}`);
    }
    judged.seats.add(event.seat);
  }

  async #read(queryId: Uint8Array) {
    const { hospital, insurers, ledgerId } = this.#stage;
    const view = await QueryView.load(hospital.site, queryId);
    const { site, seed, address } = insurers.find((one) => toHex(one.address) === view.consent.insurer) as Actor;
    const edges = await view.edges();
    const newest = Math.max(...edges.map(({ inBatch }) => inBatch.event.epoch));
    if (((await this.#dealer)?.ledger.epochs.length ?? 0) < newest) this.#dealer = hospital.role.dealer(ledgerId);
    return {
      view,
      edges,
      dealer: (await this.#dealer)!,
      channels: await sendingSecrets(site, seed, address, view.epoch.servers),
    };
  }

  #expected({ view, edges, dealer, channels }: Awaited<Judged['query']>, seat: number) {
    const { engine } = this.#stage.hospital.site;
    const { committee } = dealer.ledger;
    const own = edges.map(({ inBatch, place }) => {
      const keys = keysOf(committee, seat, dealer.keys(inBatch.event.epoch));
      return shares(engine, committee, seat, keys, positionOf(inBatch), inBatch.correction(place), place);
    });
    const use = { queryId: view.queryId, committee: view.epoch.committeeHash };
    const mask = maskOf(committee.threshold, seat, maskPad(channels[seat - 1]!, use, seat), view.maskCorrections);
    return answer(shareOfSum(edges, concat(...own)), mask);
  }
}
