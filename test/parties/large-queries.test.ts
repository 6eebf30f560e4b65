// A query so large that it takes several transactions: interrupted and continued, revoked, expired. And many queries that are
// answered at once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../src/bytes.ts';
import { consentDigest } from '../../src/contract/signing.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import { deploymentOf, type Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { deviating } from '../support/adversary.ts';
import { sendAnswers } from '../support/answers.ts';
import type { TestChain } from '../support/chain.ts';
import { type Cast, fault } from '../support/parties.ts';
import { plainTotals } from '../support/sample.ts';
import { type ConsentScene, openConsentScene, own } from './consent-scene.ts';

let scene: ConsentScene;
let chain: TestChain;
let cast: Cast;
let insurer: Insurer;
let signed: ConsentScene['signed'];
beforeAll(async () => {
  scene = await openConsentScene('large queries');
  ({ chain, cast, insurer, signed } = scene);
});
afterAll(() => chain?.stop());

/** A site of the insurer whose contract takes one transaction of a query and then fails, as if the machine went down. */
async function interrupted(): Promise<Site> {
  let sent = false;
  const once = () => {
    if (sent) throw new Error('the machine is down');
    sent = true;
  };
  return deviating(await chain.site(scene.insurerSeed), {
    openQuery:
      (honest) =>
      async (...call) => {
        once();
        return honest.openQuery(...call);
      },
    continueQuery:
      (honest) =>
      async (...call) => {
        once();
        return honest.continueQuery(...call);
      },
  });
}
/** The insurer in new objects: a sender must be alone on its account. */
const anew = async (site?: Site) => new Insurer(site ?? (await chain.site(scene.insurerSeed)), scene.insurerSeed);
/** Every second record of the patient: two edges each. */
const scattered = () => scene.ids.filter((_, k) => k % 2 === 1);

describe('a large query', () => {
  it('takes several transactions, survives an interruption after each, and gives the exact sum', async () => {
    const given = await signed(scattered());
    const steps: number[] = [];
    const queryId = toHex(consentDigest(deploymentOf(scene.insurerSite), given.consent));
    let attempts = 0;
    for (; attempts < 20; attempts++) {
      const again = await anew(await interrupted());
      const result = await again
        .query(given, { onProgress: (count) => void steps.push(count) })
        .catch((error: Error) => error.message);
      if (result !== 'the machine is down') {
        expect(result).toMatchObject({ queryId, records: scattered().length, edges: given.edges.length });
        break;
      }
      expect(await fault(insurer.sum(queryId))).toMatchObject({
        code: 'QUERY_NOT_SEALED',
        details: { status: 'open' },
      });
      expect((await cast.servers[0]!.pending(cast.ledgerId)).map(toHex)).not.toContain(queryId);
    }
    expect(attempts).toBeGreaterThanOrEqual(2);
    expect(steps.at(-1)).toBe(given.edges.length);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));

    for (const server of cast.servers.slice(1)) {
      expect((await server.pending(cast.ledgerId)).map(toHex)).toContain(queryId);
      await sendAnswers(server, cast.ledgerId, [(await server.prepare(cast.ledgerId, fromHex(queryId))) as AnswerCall]);
    }
    expect(await (await anew()).sum(queryId)).toMatchObject({
      amounts: plainTotals(own.filter((_, k) => k % 2 === 1)).sums,
      records: scattered().length,
      seats: [2, 3],
    });
  });

  it('that is not complete can be revoked, and is not continued after that, nor after its deadline', async () => {
    const revoked = await signed(scattered());
    expect(await (await anew(await interrupted())).query(revoked).catch((error) => error.message)).toMatch(/down/);
    await scene.patient.revoke(revoked.consent);
    expect(await fault((await anew()).query(revoked))).toMatchObject({ code: 'CONSENT_IS_REVOKED' });
    const late = await signed(scattered(), 300);
    expect(await (await anew(await interrupted())).query(late).catch((error) => error.message)).toMatch(/down/);
    await chain.rpc.call('evm_setNextBlockTimestamp', [Number(late.consent.deadline) + 1]);
    await chain.mine();
    expect(await fault((await anew()).query(late))).toMatchObject({ code: 'CONSENT_EXPIRED' });
  });

  it('is answered together with all others, in one transaction of a server', async () => {
    for (const from of [0, 5, 9]) await (await anew()).query(await signed(scene.ids.slice(from, from + 4)));
    const server = cast.servers[0]!;
    const pending = await server.pending(cast.ledgerId);
    expect(pending.length).toBeGreaterThan(3);
    const answers: AnswerCall[] = [];
    for (const queryId of pending) answers.push((await server.prepare(cast.ledgerId, queryId)) as AnswerCall);
    const sent = await sendAnswers(server, cast.ledgerId, answers);
    expect(sent.map(({ logs }) => logs.length)).toEqual([pending.length]);
    expect(await server.pending(cast.ledgerId)).toEqual([]);
  });
});
