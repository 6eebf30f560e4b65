// Looks for a patient's records that are on chain and not in their receipts file. With the viewing key the tag of any place
// in a series can be computed; a series has no gaps on chain, so the next places tell whether something is missing.
import { fromHex, toHex } from '../../bytes.ts';
import { MAX_POSITION } from '../../query/runs.ts';
import { saltOf, seriesId, tagOf } from '../series.ts';
import { placeOf, type Receipts } from './receipt.ts';

/** A place in one of the patient's series. */
interface Wanted {
  category: string;
  position: number;
}

export class MissingRecords {
  readonly #receipts: Receipts;
  readonly #viewingKey: Uint8Array;
  /** By category: the positions of the file and those that were found. */
  readonly #known = new Map<string, Set<number>>();
  /** By tag (0x-hex). */
  readonly #wanted = new Map<string, Wanted>();

  constructor(receipts: Receipts) {
    this.#receipts = receipts;
    this.#viewingKey = fromHex(receipts.viewingKey, 'viewing key', 32);
    for (const category of receipts.terms.categories) {
      const own = receipts.records.filter((record) => record.category === category);
      this.#known.set(category, new Set(own.map(({ position }) => position)));
      const last = Math.max(0, ...own.map(({ position }) => position));
      this.#want(category, 0);
      // Behind a gap, what comes after the last as well: a hospital that leaves out a position must not hide it.
      if (last > own.length) this.#want(category, last);
    }
  }

  /** Those among the `count` tags of a batch (20 bytes each). `place`: which tag. Batches must come in order. */
  in(count: number, tagAt: (place: number) => Uint8Array): (Wanted & { place: number })[] {
    const found: (Wanted & { place: number })[] = [];
    // What is found makes the next one wanted, which may be in the same batch before it: tags are not in the order of a series.
    for (let before = -1; before < found.length; ) {
      before = found.length;
      for (let place = 0; place < count; place++) {
        const tag = toHex(tagAt(place));
        const wanted = this.#wanted.get(tag);
        if (wanted === undefined) continue;
        this.#wanted.delete(tag);
        this.#want(wanted.category, wanted.position);
        found.push({ ...wanted, place });
      }
    }
    return found.sort((a, b) => a.place - b.place);
  }

  /** The first position above `after` that is neither known nor wanted is wanted. */
  #want(category: string, after: number): void {
    const known = this.#known.get(category)!;
    let position = after + 1;
    while (known.has(position)) position++;
    if (position > MAX_POSITION) return;
    known.add(position);
    const { account, ledgerId, ...place } = placeOf(this.#receipts, category);
    const series = seriesId(this.#viewingKey, { account, ledgerId, ...place });
    const salt = saltOf(this.#viewingKey, ledgerId, series, position);
    this.#wanted.set(toHex(tagOf(account, series, position, salt)), { category, position });
  }
}
