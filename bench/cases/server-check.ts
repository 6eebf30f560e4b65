// A server's check of a batch at (3, 5): decompression of all commitments and one random combination of them.
import { heldBy, subsetsOf } from '../../src/sharing/committee.ts';
import { bytes, messages, streams } from '../inputs.ts';
import { verifyShares as ff, ownCompression } from '../peers/ffjavascript.ts';
import { verifyShares as mcl } from '../peers/mcl.ts';
import { verifyShares as noble } from '../peers/noble.ts';
import { BIGINT_BOUND, ours, type Subject } from '../subject.ts';
import { checkWork } from '../work.ts';

const COMMITTEE = { threshold: 3, seats: 5 };
const { threshold: THRESHOLD, seats: SEATS } = COMMITTEE;
const SEAT = 2;

export const serverCheck: Subject = {
  name: 'server check',
  title: 's·G + b·H = Σ i^j·C_j for a whole (3, 5) batch with random 128-bit weights; compressed commitments in',
  unit: 'record',
  baseline: 'BigInt',
  sizes: ({ quick }) => (quick ? [40] : [1, 10, 100, 400]),
  async cases(size, { engines }) {
    const engine = engines[0]!;
    const keystreams = streams(subsetsOf(COMMITTEE).length, size);
    const { values, blindings, corrections } = engine.deal(messages(size), keystreams, THRESHOLD, SEATS);
    const commitments = engine.commit(values, blindings);
    const held = heldBy(COMMITTEE, SEAT).map((q) => keystreams[q]!);
    const shares = engine.shares(SEAT, held, corrections, THRESHOLD, SEATS);
    const weights = bytes('weights', 16 * size);
    const otherForm = await ownCompression(engine.decompress(commitments));
    const peer = { bound: 'roots, buckets', work: 'own' as const };
    return [
      ...ours(
        engines,
        (each) => each.verifyShares(SEAT, THRESHOLD, shares, commitments, weights),
        'sorting, fetching',
        checkWork(SEAT, THRESHOLD, size),
      ),
      { name: 'mcl-wasm', ...peer, run: () => mcl(SEAT, THRESHOLD, shares, commitments, weights) },
      { name: 'ffjavascript', ...peer, run: () => ff(SEAT, THRESHOLD, shares, otherForm, weights), async: true },
      { name: 'noble', bound: BIGINT_BOUND, run: () => noble(SEAT, THRESHOLD, shares, commitments, weights) },
    ];
  },
};
