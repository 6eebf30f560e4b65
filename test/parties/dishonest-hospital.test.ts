// A hospital that deals wrong shares or keys: the servers that got them find out exactly what is wrong, and can still do the
// rest of their work.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { equalBytes, fromHex, toBigInt } from '../../src/bytes.ts';
import { signChannel } from '../../src/contract/signing.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import { accountKey, dealingKey } from '../../src/identity/keys.ts';
import { sendingSecrets } from '../../src/ledger/channels.ts';
import { deploymentOf } from '../../src/ledger/site.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { decodeRecords } from '../../src/records/record.ts';
import { saltOf, seriesId, tagOf, viewingKey } from '../../src/records/series.ts';
import { sealKeys } from '../../src/vss/subset-keys.ts';
import { compressed, encode, G, Point, r, times } from '../engine/oracle.ts';
import { deviating } from '../support/adversary.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf } from '../support/chain.ts';
import { type Cast, fault, hospitalOf, openAnother, openCast, storeRows } from '../support/parties.ts';
import { plainTotals } from '../support/sample.ts';
import { openScene, rows, type Scene } from '../support/scene.ts';

/** Bytes of a record at t = 2: tag 20, key 8, C_0, C_1, δ. */
const RECORD = 124;
let scene: Scene;
let cast: Cast;
beforeAll(async () => {
  scene = await openScene('dishonest hospital');
  ({ cast } = scene);
});
afterAll(() => scene?.chain.stop());

/** The cast's ledger, whose one batch `spoil` has changed before it was sent. */
async function storeSpoiled(here: Cast, spoil: (records: Uint8Array) => void): Promise<Cast> {
  const hospitalSite = deviating(here.hospitalSite, {
    submitBatch: (honest) => (call) => {
      const records = call.records.slice();
      spoil(records);
      return honest.submitBatch({ ...call, records });
    },
  });
  await storeRows({ ...here, hospitalSite }, rows);
  return here;
}

/** Another ledger of the same hospital and servers, with such a batch. */
const spoiled = async (spoil: (records: Uint8Array) => void) => storeSpoiled(await openAnother(cast), spoil);

async function badOf({ servers, ledgerId }: Cast): Promise<number[][]> {
  return Promise.all(
    servers.map(async (server) => {
      const found: number[] = [];
      for await (const { bad } of server.check(ledgerId)) found.push(...bad);
      return found;
    }),
  );
}

const field = (record: number, name: 'C_0' | 'C_1' | 'δ') =>
  RECORD * record + 28 + 32 * ['C_0', 'C_1', 'δ'].indexOf(name);
const lastByte = (records: Uint8Array, at: number) => {
  records[at + 31]! ^= 1;
};

/** The point that 32 bytes name: x, and the parity of y above it. */
function pointOf(bytes: Uint8Array) {
  const word = toBigInt(bytes);
  const x = BigInt.asUintN(255, word);
  const y = Point.Fp.sqrt(Point.Fp.create(x ** 3n + 3n));
  return Point.fromAffine({ x, y: (y & 1n) === word >> 255n ? y : Point.Fp.neg(y) });
}
/** Adds scalar · G to the commitment at this place. */
const shift = (records: Uint8Array, at: number, scalar: bigint) =>
  records.set(compressed([pointOf(records.subarray(at, at + 32)).add(times(G, scalar))]), at);

describe('a hospital that deals wrong shares', () => {
  it('is found by every server where a correction or commitments are wrong, with exactly the records', async () => {
    const here = await spoiled((records) => {
      lastByte(records, field(0, 'δ'));
      lastByte(records, field(39, 'δ'));
      // Commitments of one record given to its neighbour.
      const own = (k: number) => records.slice(field(k, 'C_0'), field(k, 'δ'));
      const [a, b] = [own(20), own(21)];
      records.set(a, field(21, 'C_0'));
      records.set(b, field(20, 'C_0'));
    });
    const bad = [0, 20, 21, 39];
    expect(await badOf(here)).toEqual([bad, bad, bad]);
  });

  it('is found by exactly the servers whose shares are wrong', async () => {
    // The polynomial that is committed to is f + 5 (x − 1), which is f at seat 1 only.
    const here = await spoiled((records) => {
      shift(records, field(7, 'C_0'), -5n);
      shift(records, field(7, 'C_1'), 5n);
    });
    expect(await badOf(here)).toEqual([[], [7], [7]]);
  });

  it('is found by a single server, if all others got right shares', async () => {
    const all = await openCast(scene.chain, 'dishonest hospital: three of three', 3, 3);
    const at = (j: number) => 156 * 4 + 28 + 32 * j;
    // f + (x − 1)(x − 3), which is f at the seats 1 and 3.
    const here = await storeSpoiled(all, (records) => {
      for (const [j, scalar] of [3n, -4n, 1n].entries()) shift(records, at(j), scalar);
    });
    expect(await badOf(here)).toEqual([[], [4], []]);
  });

  it('is found even if a commitment is no point; a correction that is no scalar is refused by the contract', async () => {
    const noPoint = encode([4n]); // 4³ + 3 is no square mod p
    expect(() => Point.Fp.sqrt(67n)).toThrow();
    const here = await spoiled((records) => records.set(noPoint, field(3, 'C_1')));
    expect(await badOf(here)).toEqual([[3], [3], [3]]);
    const delta = (records: Uint8Array) => toBigInt(records.subarray(field(7, 'δ'), field(7, 'δ') + 32));
    for (const value of [() => r, () => 2n ** 256n - 1n, (records: Uint8Array) => delta(records) + r]) {
      const sent = spoiled((records) => records.set(encode([value(records)]), field(7, 'δ')));
      expect(await fault(sent)).toMatchObject({ code: 'NON_CANONICAL_CORRECTION' });
    }
  });

  it('does not keep its servers from answering over all else, also over runs that pass through its record', async () => {
    const here = await openAnother(cast);
    const { ledgerId, hospital } = here;
    const patientId = rows[0]!.patient;
    const account = hospital.accounts().accounts(patientId)[0]!;
    const key = viewingKey(dealingKey(here.hospitalSeed), patientId);
    const category = ['ambulatory', 'wellness'].find((name) => rows.filter((row) => row.category === name).length > 3)!;
    const series = seriesId(key, { ledgerId, account, category });
    const tag = tagOf(account, series, 2, saltOf(key, ledgerId, series, 2));
    await storeSpoiled(here, (records) => {
      const { tags, count } = decodeRecords(2, records);
      const k = Array.from({ length: count }, (_, i) => i).find((i) =>
        equalBytes(tags.subarray(20 * i, 20 * i + 20), tag),
      )!;
      shift(records, field(k, 'C_1'), 1n); // C_0 stays right: the hospital can still write the receipt
    });
    const receipts = await hospital.receipts(ledgerId, patientId);
    const ask = async (choose: (position: number) => boolean) => {
      const chosen = receipts.records.filter((receipt) => receipt.category === category && choose(receipt.position));
      const deadline = await scene.chain.deadline();
      const ids = chosen.map(({ recordId }) => recordId);
      return (await scene.insurer.query(scene.patient.consent(scene.insurer.address, receipts, ids, deadline))).queryId;
    };
    const through = await ask((position) => position <= 3);
    for (const server of here.servers.slice(1)) {
      const answer = (await server.prepare(ledgerId, fromHex(through))) as AnswerCall;
      await sendAnswers(server, ledgerId, [answer]);
    }
    const own = rows.filter((row) => row.category === category).slice(0, 3);
    expect((await scene.insurer.sum(through)).amounts).toEqual(plainTotals(own).sums);

    for (const asked of [await ask((position) => position <= 2), await ask((position) => position === 3)]) {
      for (const server of here.servers) {
        const refusal = await server.prepare(ledgerId, fromHex(asked));
        expect(refusal).toBe('the hospital dealt wrong shares of these records');
      }
    }
  });

  it('cannot make receipts of a batch whose corrections it has changed', async () => {
    const here = await spoiled((records) => lastByte(records, field(1, 'δ')));
    expect(await fault(here.hospital.receipts(here.ledgerId, rows[0]!.patient))).toMatchObject({
      code: 'NOT_OF_THIS_SEED',
      details: { batch: 0 },
    });
  });
});

describe('a hospital that deals wrong keys', () => {
  type Keys = { seat: number; ciphertext: Uint8Array };
  /** A ledger of the hospital, whose keys `change` has exchanged; nobody has joined. */
  async function openedWith(
    salt: number,
    change: (dealt: Keys, ledgerId: Uint8Array) => Uint8Array | Promise<Uint8Array>,
  ) {
    const { hospitalSeed, ledgerId } = cast;
    const { site: honestSite, hospital } = await hospitalOf(cast);
    const { terms } = (await hospital.dealer(ledgerId)).ledger;
    const site = deviating(honestSite, {
      dealKeys: (honest) => async (call) => honest.dealKeys({ ...call, ciphertext: await change(call, call.ledgerId) }),
    });
    return new Hospital(site, hospitalSeed).openLedger(terms, new Uint8Array(32).fill(salt));
  }
  const joined = async (ledgerId: Uint8Array) => (await LedgerView.load(cast.hospitalSite, ledgerId)).state();

  it('to one seat is refused by that seat, and the ledger takes no record', async () => {
    const { hospitalSite, hospitalSeed, hospital, servers } = cast;
    const ledgerId = await openedWith(201, async ({ seat, ciphertext }, id) => {
      if (seat !== 2) return ciphertext;
      const [channel] = await sendingSecrets(hospitalSite, hospitalSeed, hospital.address, [servers[1]!.address]);
      const keys = new Uint8Array(64).fill(9);
      return sealKeys(channel!, { ...deploymentOf(hospitalSite), committeeHash: id }, 2, keys)[0]!;
    });
    await servers[0]!.join(ledgerId);
    await servers[2]!.join(ledgerId);
    expect(await fault(servers[1]!.join(ledgerId))).toMatchObject({
      code: 'INVALID_ENCODING',
      message: expect.stringMatching(
        /^keys of epoch 1: packet of keys: holds another key for subset 0 than the list names$/,
      ),
    });
    expect(await joined(ledgerId)).toMatchObject({ joined: 2, epoch: 1 });
    const { site, hospital: again } = await hospitalOf(cast);
    expect(
      await fault(storeRows({ ...cast, hospital: again, hospitalSite: site, ledgerId }, rows.slice(0, 2))),
    ).toMatchObject({
      code: 'LEDGER_NOT_ACTIVE',
    });
  });

  it('or a packet that does not open, or of another length, is refused by that seat', async () => {
    const { hospitalSite, hospitalSeed, hospital, servers } = cast;
    const short = await openedWith(202, async ({ seat, ciphertext }, id) => {
      if (seat === 1) return new Uint8Array(ciphertext.length);
      if (seat !== 3) return ciphertext;
      const [channel] = await sendingSecrets(hospitalSite, hospitalSeed, hospital.address, [servers[2]!.address]);
      return sealKeys(channel!, { ...deploymentOf(hospitalSite), committeeHash: id }, 3, new Uint8Array(32))[0]!;
    });
    expect((await fault(servers[0]!.join(short))).message).toMatch(/part 0 does not open with this channel/);
    await servers[1]!.join(short);
    expect((await fault(servers[2]!.join(short))).message).toMatch(/holds 32 bytes; seat 3 has 2 keys of 32 bytes/);
    expect(await joined(short)).toMatchObject({ joined: 1 });
  });

  it('with a list that is not that of the digest is refused by all', async () => {
    const ledgerId = await openedWith(203, ({ seat, ciphertext }) =>
      seat === 0 ? ciphertext.map((byte, i) => (i === 40 ? byte ^ 1 : byte)) : ciphertext,
    );
    for (const server of cast.servers) {
      expect((await fault(server.join(ledgerId))).message).toMatch(/list of keys: is not that of the epoch's digest/);
    }
    expect(await joined(ledgerId)).toMatchObject({ joined: 0 });
  });

  it('gets no server to join a ledger without a channel to it that it has signed and that opens', async () => {
    const { terms } = (await cast.hospital.dealer(cast.ledgerId)).ledger;
    const server = cast.servers[0]!;
    const missing = { code: 'CHANNEL_MISSING' };
    const open = async (name: string, digest = new Uint8Array(32).fill(1)) => {
      const seed = seedOf(`dishonest hospital: ${name}`);
      const site = await scene.chain.site(seed);
      await site.contract.openLedger(terms, new Uint8Array(32), digest);
      const ledgerId = (await server.ledgers()).at(-1)!;
      expect((await LedgerView.load(site, ledgerId)).hospital).toEqual(new Hospital(site, seed).address);
      return { seed, site, ledgerId };
    };
    const none = await open('no channel');
    expect(await fault(server.join(none.ledgerId))).toMatchObject(missing);
    const unsigned = await open('unsigned channel');
    await unsigned.site.contract.openChannel(server.address, new Uint8Array(1120), new Uint8Array(65));
    expect(await fault(server.join(unsigned.ledgerId))).toMatchObject(missing);
    const broken = await open('broken channel');
    const ciphertext = new Uint8Array(1120); // X25519 of zero, which nobody takes
    const signature = signChannel(accountKey(broken.seed), deploymentOf(broken.site), server.address, ciphertext);
    await broken.site.contract.openChannel(server.address, ciphertext, signature);
    expect(await fault(server.join(broken.ledgerId))).toMatchObject(missing);
  });
});
