// Where a server stands on the chain: it believes what is `depth` blocks behind the head, and remembers the last blocks up to
// which it has read. One of them that the chain no longer has means a reorganisation.
import type { Hex } from '../../../bytes.ts';
import type { Rpc } from '../../../chain/rpc.ts';
import { type Block, readBlock, readHead } from '../../../chain/state.ts';
import { MIStoreError } from '../../../errors.ts';

/** A block that has been read up to. */
export interface BlockPoint {
  number: number;
  hash: Hex;
}

/** The chain at one look. */
export interface Look {
  head: Block;
  /** The newest block that is deep enough. */
  settled: BlockPoint;
  /** First block that is not read yet; undefined where none is. Nothing is new where it is above `settled`. */
  from: number | undefined;
  /**
   * Set where a reorganisation has removed blocks that had been read: the last one that is still there; undefined in it where
   * none of those remembered is.
   */
  reorganised?: { to: number | undefined; lost: BlockPoint };
}

const MAX_POINTS = 32;

export class ChainCursor {
  readonly #rpc: Rpc;
  readonly #depth: number;
  /** Ascending. */
  #points: BlockPoint[];
  #last: { head: Hex; look: Look } | undefined;

  /** `points`: from an earlier run, ascending. */
  constructor(rpc: Rpc, depth: number, points: readonly BlockPoint[] = []) {
    this.#rpc = rpc;
    this.#depth = depth;
    this.#points = [...points];
  }

  get points(): readonly BlockPoint[] {
    return this.#points;
  }

  /** Null where the chain is shorter than the depth. One call where there is no new head. */
  async look(): Promise<Look | null> {
    const head = await readHead(this.#rpc);
    if (this.#last?.head === head.hash) return { ...this.#last.look, ...this.#from() };
    const number = head.number - this.#depth;
    if (number < 0) return null;
    const settled = this.#depth === 0 ? head : await this.#block(number);
    const lost = await this.#dropLost(settled);
    const look = { head, settled: { number, hash: settled.hash }, ...this.#from() };
    this.#last = { head: head.hash, look };
    return lost === undefined ? look : { ...look, reorganised: { to: this.#points.at(-1)?.number, lost } };
  }

  /** All up to this block has been read. */
  advance({ number, hash }: BlockPoint): void {
    const last = this.#points.at(-1);
    if (last !== undefined && last.number >= number) return;
    this.#points = [...this.#points, { number, hash }].slice(-MAX_POINTS);
  }

  #from(): Pick<Look, 'from'> {
    const last = this.#points.at(-1);
    return { from: last && last.number + 1 };
  }

  async #block(number: number): Promise<Block> {
    const block = await readBlock(this.#rpc, number);
    if (block !== null) return block;
    const message = `the endpoint has no block ${number}, although its head is later`;
    throw new MIStoreError('BLOCK_MISSING', message, { number });
  }

  /**
   * Forgets blocks that the chain no longer has; gives the earliest of them. Blocks above the settled one are left: the
   * endpoint may lag behind another one that answered before.
   */
  async #dropLost(settled: BlockPoint): Promise<BlockPoint | undefined> {
    let lost: BlockPoint | undefined;
    for (let p = this.#points.length - 1; p >= 0; p--) {
      const point = this.#points[p]!;
      if (point.number > settled.number) continue;
      const { hash } = point.number === settled.number ? settled : await this.#block(point.number);
      if (hash === point.hash) break;
      lost = point;
      this.#points = this.#points.slice(0, p);
    }
    return lost;
  }
}
