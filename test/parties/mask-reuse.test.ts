// One consent, two contents: after a reorganisation, or if a node lies, the records with the ids of a query can be other
// ones than when a server answered it first. Two answers under one mask would reveal the difference of the shares.
import { describe, expect, it, onTestFinished } from 'vitest';
import { fromBigInt, fromHex, toBigInt, toHex } from '../../src/bytes.ts';
import type { EventArguments } from '../../src/contract/types.ts';
import { GROUP_ORDER as r } from '../../src/engine/bn254.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { type IngestRow, ingest } from '../../src/ingest/ingest.ts';
import type { Site } from '../../src/ledger/site.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Patient } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server.ts';
import type { SignedConsent } from '../../src/query/signed-consent.ts';
import { decodeLanes, encodeLanes } from '../../src/records/lanes.ts';
import { sourceName } from '../../src/records/source.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf, startChain } from '../support/chain.ts';
import { openCast } from '../support/parties.ts';
import { openScene } from '../support/scene.ts';

const IDS = [0, 1];
const row = (number: number, amount: bigint): IngestRow => ({
  row: number,
  patient: 'P',
  id: `record ${number}`,
  amounts: [amount, 0n],
});

/** Value at 0 of the line through the seats 1 and 2. */
const at0 = ([first, second]: bigint[]) => (((2n * first! - second!) % r) + r) % r;

describe('a mask', () => {
  it('changes if a reorganisation gives the consented records other contents', async () => {
    const chain = await startChain();
    onTestFinished(() => chain.stop());
    const cast = await openCast(chain, 'mask reuse', 2, 3);
    const patient = new Patient(await chain.reader(), custodialSeed(cast.hospitalSeed, 'P'));
    const insurerSeed = seedOf('mask reuse: insurer');
    const consent = patient.consent(
      new Insurer(await chain.site(insurerSeed), insurerSeed).address,
      1n,
      IDS,
      2n ** 40n,
    );

    /** What anyone sees of the answers of seats 1 and 2, and the sum that the insurer reads. */
    async function story(amounts: bigint[], given: SignedConsent) {
      const site = await chain.site(cast.hospitalSeed);
      await ingest(
        site,
        await new Hospital(site, cast.hospitalSeed).dealer(1n),
        amounts.map((a, k) => row(k + 1, a)),
        {
          source: sourceName('a.csv', new Uint8Array(32)),
          tags: cast.hospital.tags(),
          onConflict: ({ row }) => expect.unreachable(`row ${row} conflicts`),
        },
      );
      const insurer = new Insurer(await chain.site(insurerSeed), insurerSeed);
      const { queryId } = await insurer.query(given);
      const seen: bigint[] = [];
      for (const seed of cast.serverSeeds.slice(0, 2)) {
        const server = new Server(await chain.site(seed), seed);
        const [sealed] = await server.pending(1n);
        const prepared = await server.prepare(sealed!);
        if (typeof prepared === 'string') throw new Error(prepared);
        await sendAnswers(server, [prepared]);
        seen.push(toBigInt(prepared.y));
      }
      return { queryId, masked: at0(seen), sum: (await insurer.sum(queryId as `0x${string}`)).amounts[0]! };
    }

    const before = await chain.rpc.call<string>('evm_snapshot');
    const first = await story([100_00n, 20_00n], consent);
    await chain.rpc.call('evm_revert', [before]);
    const second = await story([100_00n, 70_00n], consent);
    expect(second.queryId).toBe(first.queryId);
    expect([first.sum, second.sum]).toEqual([120_00n, 170_00n]);
    const difference = fromBigInt((second.masked - first.masked + r) % r, 32);
    expect(toHex(difference)).not.toBe(toHex(encodeLanes([50_00n, 0n])));
    expect(() => decodeLanes(difference, 2)).toThrow();
  });

  it('is not used for other records that a node shows to a server', async () => {
    const scene = await openScene('mask lie');
    onTestFinished(() => scene.chain.stop());
    const { cast, insurer } = scene;
    const { queryId } = await insurer.query(await scene.consentTo([3, 4]));
    const sealed = await scene.sealed(queryId);
    const batch = await (await LedgerView.load(scene.insurerSite, cast.ledgerId)).batch(0);
    const told = { ...sealed, count: 1, sums: scene.chain.engine.decompress(batch.commitments(4)) };
    const site = cast.serverSites[0]!;
    const events: Site['events'] = {
      readBatches: (ledgerId, from) => site.events.readBatches(ledgerId, from),
      async *read(names, where) {
        for await (const event of site.events.read(names, where)) {
          const forged: Partial<EventArguments['QueryExtended']> = { recordIds: [4] };
          yield event.event === 'QueryExtended' ? { ...event, ...forged } : event;
        }
      },
    };
    const deceived = new Server({ ...site, events }, cast.serverSeeds[0]!);
    expect(await deceived.prepare(told)).toBe('the mask commitment is not that of the channel');
    expect(await cast.servers[0]!.prepare(sealed)).toMatchObject({ queryId: fromHex(queryId) });
  });
});
