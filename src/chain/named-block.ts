// Which block a question with witnesses is about: the endpoint names a block for a tag, and every witness must have the same
// block at that number. A witness without it yet lags and is waited for; so is an endpoint that is far behind a witness,
// whose old state would hide what has happened since. After a reorganisation the endpoint is asked again.
import { ArgumentError } from '../errors.ts';
import { RpcError } from './errors.ts';
import { pause, type Rpc } from './rpc.ts';
import { type Block, readBlock, readHead } from './state.ts';
import type { BlockTag } from './types.ts';
import { type OnWait, SILENT, telling } from './waiting/wait.ts';
import { WitnessDisagreementError, WitnessLagsError } from './witness-errors.ts';

/** How an endpoint that lags is waited for. */
export interface WaitOptions {
  /** Milliseconds that whoever lags is waited for; 30 s if not given. */
  patience?: number;
  onWait?: OnWait;
}

const PATIENCE = 30_000;
/** Milliseconds between two looks at one that lags. */
const POLL = 250;
/** Seconds between the newest blocks of endpoint and witness from which on the endpoint lags. Slow nodes are some 20 s late. */
const MOST_BEHIND = 60;
/** How often the endpoint names a block before two blocks at one number are no passing reorganisation. */
export const TRIES = 5;

export class BlockNaming {
  readonly #main: Rpc;
  readonly #witnesses: readonly Rpc[];
  readonly #patience: number;
  readonly #onWait: OnWait | undefined;

  /** Throws ArgumentError for a patience that is no time. */
  constructor(main: Rpc, witnesses: readonly Rpc[], { patience = PATIENCE, onWait }: WaitOptions) {
    if (!(patience >= 0)) throw new ArgumentError('patience', patience, 'milliseconds, from 0');
    this.#main = main;
    this.#witnesses = witnesses;
    this.#patience = patience;
    this.#onWait = onWait;
  }

  /** The block that the endpoint names, if all witnesses have it. Throws WitnessLagsError, WitnessDisagreementError. */
  async name(tag: BlockTag): Promise<Block> {
    for (let attempt = 1; ; attempt++) {
      const block = await this.#named(tag);
      const found = await Promise.all(this.#witnesses.map((witness) => this.#blockOf(witness, block)));
      if (found.every(({ hash }) => hash === block.hash)) return block;
      if (attempt === TRIES) {
        const others = found.map(({ hash }, w) => ({ host: this.#witnesses[w]!.host, said: hash }));
        const statements = [{ host: this.#main.host, said: block.hash }, ...others];
        throw new WitnessDisagreementError(`the hash of block ${block.number}`, statements);
      }
      await this.pauseAfter(attempt, block.number);
    }
  }

  /** The pause after an attempt at a block that failed, within the patience: a reorganisation passes. */
  pauseAfter(attempt: number, block: number): Promise<void> {
    const milliseconds = Math.min(POLL * 2 ** attempt, this.#patience / TRIES);
    const fork = { kind: 'fork', host: this.#main.host, block } as const;
    return telling(this.#onWait, () => fork, pause(milliseconds), milliseconds < SILENT ? SILENT : 0);
  }

  /** What the endpoint says, as soon as that is not far behind any witness. */
  async #named(tag: BlockTag): Promise<Block> {
    if (tag === 'finalized') return readHead(this.#main, tag);
    if (tag !== 'latest') {
      const block = await readBlock(this.#main, Number(tag));
      if (block !== null) return block;
      throw new RpcError('eth_getBlockByNumber', 0, `it has no block ${Number(tag)}`);
    }
    return this.#wait(this.#main, async () => {
      const [block, ...heads] = await Promise.all([this.#main, ...this.#witnesses].map((rpc) => readHead(rpc)));
      const ahead = heads.findIndex((head) => isBehind(block!, head));
      if (ahead < 0) return block!;
      return { head: block!.number, block: heads[ahead]!.number, other: this.#witnesses[ahead]!.host };
    });
  }

  /** The witness's block of the same number, as soon as it has one. */
  #blockOf(witness: Rpc, { number }: Block): Promise<Block> {
    return this.#wait(witness, async () => {
      const found = await readBlock(witness, number);
      if (found !== null) return found;
      return { head: (await readHead(witness)).number, block: number, other: this.#main.host };
    });
  }

  /** What `look` finds, once that is a block and no lag. */
  async #wait(rpc: Rpc, look: () => Promise<Block | Lag>): Promise<Block> {
    const start = Date.now();
    for (let toldAt = start; ; await pause(POLL)) {
      const found = await look();
      if ('hash' in found) return found;
      const { head, block, other } = found;
      const { host } = rpc;
      const waited = Date.now() - start;
      if (waited >= this.#patience) throw new WitnessLagsError(host, head, other, block, this.#patience);
      if (Date.now() - toldAt < SILENT) continue;
      toldAt = Date.now();
      this.#onWait?.({ kind: 'block', host, head, block });
    }
  }
}

/** Of one that lags: its newest block, and the one that `other` has. */
interface Lag {
  head: number;
  block: number;
  other: string;
}

const isBehind = (block: Block, than: Block): boolean =>
  than.number > block.number && than.timestamp > block.timestamp + MOST_BEHIND;
