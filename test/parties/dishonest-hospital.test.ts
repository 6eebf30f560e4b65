// A hospital that deals wrong shares: the servers that got them find exactly those records, and can still do the rest of
// their work.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AnswerCall } from '../../src/contract/types.ts';
import { encode, Point, r } from '../engine/oracle.ts';
import { deviating } from '../support/adversary.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf } from '../support/chain.ts';
import { type Cast, fault, storeRows } from '../support/parties.ts';
import { openScene, rows, type Scene } from '../support/scene.ts';

const RECORD = 188;
let scene: Scene;
let cast: Cast;
beforeAll(async () => {
  scene = await openScene('dishonest hospital');
  ({ cast } = scene);
});
afterAll(() => scene?.chain.stop());

/** Another ledger of the same hospital and servers, whose one batch `spoil` has changed before it was sent. */
async function spoiled(spoil: (records: Uint8Array) => void): Promise<Cast> {
  const { opening } = (await cast.hospital.dealer(cast.ledgerId)).ledger;
  const ledgerId = await cast.hospital.openLedger(opening);
  for (const server of cast.servers) await server.join(ledgerId);
  const here = { ...cast, ledgerId };
  const hospitalSite = deviating(cast.hospitalSite, {
    submitBatch: (honest) => (call) => {
      const records = call.records.slice();
      spoil(records);
      return honest.submitBatch({ ...call, records });
    },
  });
  await storeRows({ ...here, hospitalSite }, rows);
  return here;
}

async function badOf({ servers, ledgerId }: Cast): Promise<number[][]> {
  return Promise.all(
    servers.map(async (server) => {
      const found: number[] = [];
      for await (const { bad } of server.check(ledgerId)) found.push(...bad);
      return found;
    }),
  );
}

describe('a hospital that deals wrongly', () => {
  // A record at (2, 3): tag 20, key 8, C_0 32, C_1 32, α_2 32, α_3 32, β_3 32.
  const field = (record: number, name: 'C_0' | 'C_1' | 'α_2' | 'α_3' | 'β_3') =>
    RECORD * record + 28 + 32 * ['C_0', 'C_1', 'α_2', 'α_3', 'β_3'].indexOf(name);
  const lastByte = (records: Uint8Array, at: number) => {
    records[at + 31]! ^= 1;
  };

  it('is found by the servers that got wrong shares, with exactly the records', async () => {
    const here = await spoiled((records) => {
      lastByte(records, field(0, 'α_2'));
      lastByte(records, field(5, 'α_3'));
      lastByte(records, field(6, 'β_3'));
      lastByte(records, field(17, 'α_2'));
      lastByte(records, field(39, 'β_3'));
      // Commitments of one record given to its neighbour: the shares of every server are wrong.
      const [a, b] = [
        records.slice(field(20, 'C_0'), field(20, 'α_2')),
        records.slice(field(21, 'C_0'), field(21, 'α_2')),
      ];
      records.set(a, field(21, 'C_0'));
      records.set(b, field(20, 'C_0'));
    });
    expect(await badOf(here)).toEqual([
      [20, 21],
      [0, 17, 20, 21],
      [5, 6, 20, 21, 39],
    ]);
  });

  it('is found even if what it dealt is not a point or a scalar', async () => {
    const noPoint = encode([4n]); // 4³ + 3 is no square mod p
    expect(() => Point.Fp.sqrt(67n)).toThrow();
    const here = await spoiled((records) => {
      records.set(noPoint, field(3, 'C_1'));
      records.set(encode([r]), field(7, 'α_2'));
      records.set(encode([2n ** 256n - 1n]), field(11, 'β_3'));
      lastByte(records, field(12, 'α_2'));
    });
    expect(await badOf(here)).toEqual([[3], [3, 7, 12], [3, 11]]);
  });

  it('does not keep its servers from answering over the records that are right', async () => {
    const here = await spoiled((records) => records.set(encode([r]), field(7, 'α_2')));
    const { queryId } = await scene.insurer.query(await scene.consentTo([0, 1, 2], here.ledgerId));
    const sealed = await scene.sealed(queryId);
    for (const server of here.servers.slice(0, 2))
      await sendAnswers(server, [(await server.prepare(sealed)) as AnswerCall]);
    const own = rows.slice(0, 3);
    const sums = [0, 1].map((lane) => own.reduce((sum, { amounts }) => sum + amounts[lane]!, 0n));
    expect((await scene.insurer.sum(queryId)).amounts).toEqual(sums);
  });

  it('gets no answer that the contract would refuse: the server says that its shares are wrong', async () => {
    const here = await spoiled((records) => {
      lastByte(records, field(4, 'α_3'));
      records.set(encode([r]), field(9, 'β_3'));
    });
    for (const ids of [[3, 4], [9], [4, 9]]) {
      const { queryId } = await scene.insurer.query(await scene.consentTo(ids, here.ledgerId));
      const sealed = await scene.sealed(queryId);
      expect(await here.servers[2]!.prepare(sealed)).toBe('the hospital dealt wrong shares of these records');
      expect(await here.servers[0]!.prepare(sealed)).toHaveProperty('y');
    }
  });

  it('cannot make receipts for records whose commitments it has swapped', async () => {
    const here = await spoiled((records) => {
      const [a, b] = [records.slice(field(1, 'C_0'), field(1, 'α_2')), records.slice(field(2, 'C_0'), field(2, 'α_2'))];
      records.set(a, field(2, 'C_0'));
      records.set(b, field(1, 'C_0'));
    });
    expect(await fault(here.hospital.receipts(here.ledgerId, scene.patient.address))).toMatchObject({
      code: 'NOT_OF_THIS_SEED',
      details: { recordId: 1 },
    });
  });

  it('gets no server to join a ledger without a channel to it', async () => {
    const { opening } = (await cast.hospital.dealer(cast.ledgerId)).ledger;
    const site = await scene.chain.site(seedOf('dishonest hospital: careless hospital'));
    const { ledgerId } = await site.contract.openLedger(opening);
    const server = cast.servers[0]!;
    expect(await server.ledgers()).toContain(ledgerId);
    expect(await fault(server.join(ledgerId))).toMatchObject({ code: 'CHANNEL_MISSING' });
    expect(
      await fault(site.contract.openChannel(server.address, new Uint8Array(1120)).then(() => server.join(ledgerId))),
    ).toMatchObject({
      code: 'CHANNEL_MISSING',
    });
  });
});
