// Servers that cheat: with a lie, another's answer, the same answer twice, an answer of another seat, complaints about everything,
// or silence. Nothing wrong is accepted, nothing is paid for it, and the honest ones still make the exact sum.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { Hospital } from '../../../src/parties/hospital.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { deviating } from '../../support/adversary.ts';
import { sendAnswers } from '../../support/answers.ts';
import { ETHER } from '../../support/chain.ts';
import { fault } from '../../support/parties.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const FEE = ETHER / 1000n;
let scene: Scene;
beforeAll(async () => {
  scene = await openScene('dishonest server');
});
afterAll(() => scene?.chain.stop());

const ids = () => scene.recordsOf('ambulatory').slice(0, 3);
/** Id of a new query with a fee. */
const ask = async () => fromHex((await scene.insurer.query(await scene.consentTo(ids()), { fee: FEE })).queryId);
/** The server of a seat, which changes its answers, or what it is about to send. */
function cheat(seat: number, change: (answers: readonly AnswerCall[]) => readonly AnswerCall[]): Server {
  const { serverSites, serverSeeds } = scene.cast;
  const site = deviating(serverSites[seat - 1]!, {
    answer: (honest) => (ledgerId, answers) => honest.answer(ledgerId, change(answers)),
  });
  return new Server(site, serverSeeds[seat - 1]!);
}
const prepared = async (seat: number, queryId: Uint8Array) =>
  (await scene.cast.servers[seat - 1]!.prepare(scene.cast.ledgerId, queryId)) as AnswerCall;
/** Sends this seat's own answer by a server, which may change it. */
const send = async (server: Server, seat: number, ...queries: Uint8Array[]) => {
  const answers: AnswerCall[] = [];
  for (const queryId of queries) answers.push(await prepared(seat, queryId));
  return sendAnswers(server, scene.cast.ledgerId, answers);
};
const honest = (seat: number, queryId: Uint8Array) => send(scene.cast.servers[seat - 1]!, seat, queryId);
const answered = async (queryId: Uint8Array) => (await scene.insurer.answers(queryId)).map(({ seat }) => seat);
const owed = (seat: number) => scene.insurerSite.contract.owed(scene.cast.servers[seat - 1]!.address);
const flipped = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 31 ? byte ^ 1 : byte));

/** These seats complete the query honestly, with the exact sum. */
async function completed(queryId: Uint8Array, seats: readonly number[]) {
  for (const seat of seats) await honest(seat, queryId);
  expect((await scene.insurer.sum(toHex(queryId))).amounts).toEqual(scene.sumOf(ids()));
}

describe('a server', () => {
  it.each([
    ['lies about its share', ({ y, ...rest }: AnswerCall) => ({ ...rest, y: flipped(y) })],
    ['lies about its blinding', ({ w, ...rest }: AnswerCall) => ({ ...rest, w: flipped(w) })],
    ['gives both the wrong way round', ({ y, w, ...rest }: AnswerCall) => ({ ...rest, y: w, w: y })],
  ])('that %s is refused, earns nothing, and can still be honest', async (_, lie) => {
    const queryId = await ask();
    const before = await owed(1);
    const liar = cheat(1, (answers) => answers.map(lie));
    expect(await fault(send(liar, 1, queryId))).toMatchObject({
      code: 'WRONG_ANSWERS',
      message: expect.stringContaining('seat 1'),
    });
    expect([await answered(queryId), await owed(1)]).toEqual([[], before]);
    await completed(queryId, [1, 2]);
    expect(await owed(1)).toBe(before + FEE);
  });

  it('that lies in one of several answers has none of them accepted together, and the others one by one', async () => {
    const queries = [await ask(), await ask(), await ask()];
    const lied = toHex(queries[1]!);
    const liar = cheat(1, (answers) =>
      answers.map(({ y, ...rest }) => ({ ...rest, y: toHex(rest.queryId) === lied ? flipped(y) : y })),
    );
    expect((await fault(send(liar, 1, ...queries))).code).toBe('WRONG_ANSWERS');
    expect(await Promise.all(queries.map(answered))).toEqual([[1], [], [1]]);
    await completed(queries[1]!, [2, 3]);
  });

  it('that copies an answer which another gave, or takes the answer of another seat first, is refused', async () => {
    const queryId = await ask();
    const others = await prepared(2, queryId);
    const copying = cheat(1, () => [others]);
    expect((await fault(send(copying, 1, queryId))).code).toBe('WRONG_ANSWERS');
    await honest(2, queryId);
    const [accepted] = await scene.insurer.answers(queryId);
    const { y, w } = accepted!;
    expect(
      (
        await fault(
          send(
            cheat(1, ([own]) => [{ ...own!, y, w }]),
            1,
            queryId,
          ),
        )
      ).code,
    ).toBe('WRONG_ANSWERS');
    // Seat 2 has answered: nobody can answer in its name, and it gave what it had computed.
    expect({ y, w }).toEqual({ y: others.y, w: others.w });
    await completed(queryId, [3]);
  });

  it('that answers twice is refused the second time, in one transaction or two, and is paid once', async () => {
    const queryId = await ask();
    const before = await owed(1);
    const twice = cheat(1, ([own]) => [own!, own!]);
    expect((await fault(send(twice, 1, queryId))).code).toBe('ALREADY_ANSWERED');
    await honest(1, queryId);
    expect((await fault(honest(1, queryId))).code).toBe('ALREADY_ANSWERED');
    expect([await answered(queryId), await owed(1)]).toEqual([[1], before + FEE]);
    expect(await fault(scene.insurer.sum(toHex(queryId)))).toMatchObject({
      code: 'TOO_FEW_ANSWERS',
      details: { answers: 1, threshold: 2 },
    });
  });

  it('that is silent earns nothing: the others make the sum, and what it could have earned goes back', async () => {
    const signed = await scene.consentTo(ids());
    const payUntil = Number(await scene.chain.deadline(60));
    const queryId = fromHex((await scene.insurer.query(signed, { fee: FEE, payUntil })).queryId);
    await honest(3, queryId);
    expect((await fault(scene.insurer.sum(toHex(queryId)))).code).toBe('TOO_FEW_ANSWERS');
    expect((await fault(scene.insurer.refund(signed))).code).toBe('REFUND_TOO_EARLY');
    await scene.chain.rpc.call('evm_increaseTime', [120]);
    await scene.chain.mine();
    expect(await scene.insurer.refund(signed)).toBe(FEE);
    const before = await owed(2);
    await honest(2, queryId); // too late for the fee, not for the sum
    expect(await owed(2)).toBe(before);
    expect((await scene.insurer.sum(toHex(queryId))).amounts).toEqual(scene.sumOf(ids()));
  });

  it('that complains about every record makes none void, and keeps nobody from a sum', async () => {
    const { servers, ledgerId, hospitalSeed } = scene.cast;
    await servers[2]!.complain(
      ledgerId,
      0,
      rows.map((_, id) => id),
    );
    const { contract } = scene.insurerSite;
    for (const [id] of rows.entries()) {
      expect(await contract.complaintsOf(ledgerId, id)).toEqual({ standing: [3], justified: [], isVoid: false });
    }
    expect((await contract.getLedger(ledgerId)).hasVoids).toBe(false);
    await completed(await ask(), [1, 2]);
    // The hospital ends a complaint with the share that it dealt, which shows that it was false.
    const [id] = ids() as [number];
    await new Hospital(await scene.chain.site(hospitalSeed), hospitalSeed).justify(ledgerId, id, 3);
    expect(await contract.complaintsOf(ledgerId, id)).toEqual({ standing: [], justified: [3], isVoid: false });
  });
});
