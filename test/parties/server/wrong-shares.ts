// A hospital that deals shares of f and commits to f + 5 (x − 1): seat 1 has the right share of such a record, all others a wrong
// one. For t = 2.
import { toBigInt } from '../../../src/bytes.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { compressed, G, Point, times } from '../../engine/oracle.ts';
import { deviating } from '../../support/adversary.ts';

/** Bytes of a record at t = 2. */
const RECORD = 124;

/** The hospital's site; `wrong`: numbers of the records in each batch. */
export const wronglyDealing = (site: Site, wrong: readonly number[]): Site =>
  deviating(site, {
    submitBatch: (honest) => (call) => {
      const records = call.records.slice();
      for (const k of wrong) {
        for (const [j, scalar] of [-5n, 5n].entries()) {
          const at = RECORD * k + 28 + 32 * j;
          const word = toBigInt(records.subarray(at, at + 32));
          const x = BigInt.asUintN(255, word);
          const root = Point.Fp.sqrt(Point.Fp.create(x ** 3n + 3n));
          const y = (root & 1n) === word >> 255n ? root : Point.Fp.neg(root);
          records.set(compressed([Point.fromAffine({ x, y }).add(times(G, scalar))]), at);
        }
      }
      return honest.submitBatch({ ...call, records });
    },
  });
