// The parties live through the transcript's run on a chain of its own: each event that they cause must be the transcript's, byte for byte,
// and the proof of the sum that they end with too. The contract's address is the transcript's because its deployer is.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Hex, toHex } from '../../src/bytes.ts';
import { fund } from '../../src/chain/embedded-node.ts';
import { createSender } from '../../src/chain/sending/sender.ts';
import { deploy } from '../../src/contract/client.ts';
import type { EventArguments, EventName } from '../../src/contract/types.ts';
import { PatientAccounts } from '../../src/identity/accounts.ts';
import { ingest } from '../../src/ingest/ingest.ts';
import { openSite } from '../../src/ledger/open-site.ts';
import type { Site } from '../../src/ledger/site.ts';
import { Hospital } from '../../src/parties/hospital.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Patient } from '../../src/parties/patient.ts';
import { Server } from '../../src/parties/server/server.ts';
import { formatSumProof, verifySumProof } from '../../src/parties/sum-proof.ts';
import { sourceName } from '../../src/records/source.ts';
import { ETHER, startChain, type TestChain } from '../support/chain.ts';
import { asked, bytes, deployment, ledgerId, rowsOf, signedConsent, terms, transcript } from './transcript.ts';

let chain: TestChain;
let site: Site;
let hospital: Hospital;
let insurer: Insurer;
let servers: Server[];

/** As TestChain.site, for the transcript's contract. */
async function siteOf({ account, accountKey }: { account: Hex; accountKey: Hex }): Promise<Site> {
  await fund(chain.node.url, bytes(account), 1000n * ETHER);
  const { contract } = deployment;
  return openSite({ rpc: chain.node.url, contract, engine: chain.engine, account: bytes(accountKey) });
}

beforeAll(async () => {
  chain = await startChain({ chainId: transcript.chainId });
  const { account, accountKey } = transcript.deployer;
  await fund(chain.node.url, bytes(account), 1000n * ETHER);
  const sender = await createSender({ rpc: chain.rpc, privateKey: bytes(accountKey) });
  expect(toHex((await deploy(sender)).address)).toBe(transcript.contract);
  sender.close();
  site = await siteOf(transcript.hospital);
  hospital = new Hospital(site, bytes(transcript.hospital.seed));
  insurer = new Insurer(await siteOf(transcript.insurer), bytes(transcript.insurer.seed));
  servers = [];
  for (const server of transcript.servers) servers.push(new Server(await siteOf(server), bytes(server.seed)));
});
afterAll(() => chain?.stop());

/** The events of a kind, in order, with bytes in hex. */
async function events<N extends EventName>(name: N): Promise<Record<keyof EventArguments[N], unknown>[]> {
  const told: Record<keyof EventArguments[N], unknown>[] = [];
  for await (const event of site.events.read(name)) told.push(inHex(event) as Record<keyof EventArguments[N], unknown>);
  return told;
}

function inHex(value: unknown): unknown {
  if (value instanceof Uint8Array) return toHex(value);
  if (Array.isArray(value)) return value.map(inHex);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inHex(part)]));
}

const joinAll = async () => {
  for (const server of servers) await server.join(ledgerId);
};

describe('the parties', () => {
  it('register, open the ledger, deal its keys and join', async () => {
    for (const server of servers) await server.register();
    expect(await events('Registered')).toMatchObject(
      transcript.servers.map(({ account, kemKey, signature }) => ({ account, kemKey, signature })),
    );
    expect(toHex(await hospital.openLedger(terms, bytes(transcript.ledger.salt)))).toBe(transcript.ledger.id);
    expect(await events('LedgerOpened')).toMatchObject([
      { ledgerId: transcript.ledger.id, hospital: transcript.hospital.account, terms: transcript.ledger.terms },
    ]);
    await joinAll();
  });

  it('store the batches, the last one in a new epoch', async () => {
    const given = transcript.patients
      .filter(({ kind }) => kind === 'own')
      .map(({ id, account }) => [id, [account]] as const);
    const accounts = new PatientAccounts(bytes(transcript.hospital.seed), given);
    for (const batch of transcript.batches) {
      if (batch.epoch > (transcript.batches[batch.index - 1]?.epoch ?? 1)) {
        expect(await hospital.refresh(ledgerId)).toBe(batch.epoch);
        await joinAll();
      }
      const refuse = ({ row }: { row: number }) => {
        throw new Error(`row ${row} is refused`);
      };
      const source = sourceName(batch.input, bytes(transcript.profileHash));
      const options = { source, accounts, onConflict: refuse, onOutOfRange: refuse };
      await ingest(site, await hospital.dealer(ledgerId), rowsOf(batch), options);
    }
    expect(await events('BatchAppended')).toMatchObject(
      transcript.batches.map(({ index, epoch, firstRecordId, records, root, nonce, source, wire }) => {
        return { index, epoch, firstRecordId, count: records.length, root, nonce, source, records: wire };
      }),
    );
    const begun = transcript.epochs.map(({ epoch, committeeHash: committee, digest }) => ({
      epoch,
      committee,
      digest,
    }));
    expect(await events('EpochBegun')).toMatchObject(begun);
    const dealt = transcript.epochs.flatMap(({ epoch, list, packets }) =>
      [list, ...packets].map((ciphertext, seat) => ({ epoch, seat, part: 0, ciphertext })),
    );
    expect(await events('KeysDealt')).toMatchObject(dealt);
  });

  it('give the patient receipts of which the transcript’s consent is made', async () => {
    const receipts = await hospital.receipts(ledgerId, asked.id, bytes(asked.account));
    const stored = transcript.batches.flatMap(({ index, rows, records }) =>
      records
        .map((record) => ({ ...record, batch: index, ...rows.find(({ row }) => row === record.row)! }))
        .filter(({ patient }) => patient === asked.id)
        .map(({ recordId, batch, category, position, blinding, salt, key, commitments, path }) => {
          return { recordId, batch, category, position, blinding, salt, key, commitments, path };
        }),
    );
    expect(receipts.viewingKey).toBe(asked.viewingKey);
    const byId = <T extends { recordId: number }>(list: readonly T[]) =>
      list.toSorted((a, b) => a.recordId - b.recordId);
    expect(byId(receipts.records)).toMatchObject(byId(stored));
    const covered = receipts.records.filter(({ category, position }) =>
      category === 'wellness' ? position <= 3 : category === 'ambulatory' && [2, 3, 5, 6].includes(position),
    );
    const patient = new Patient(site, bytes(asked.seed));
    const ids = covered.map(({ recordId }) => recordId);
    const signed = patient.consent(bytes(transcript.insurer.account), receipts, ids, signedConsent().consent.deadline);
    // All but its salt, which the patient draws.
    const { salt, signature } = transcript.consent;
    expect({ ...signed, signature, consent: { ...signed.consent, salt } }).toEqual(signedConsent());
  });

  it('ask, answer, and prove the sum', async () => {
    await insurer.query(signedConsent());
    const { digest, deadline: _, revocation: _r, revocationDigest: _d, ...consent } = transcript.consent;
    const { epoch, masks, edges } = transcript.query;
    expect(await events('QueryOpened')).toMatchObject([
      { ...consent, queryId: digest, epoch, isSealed: true, masks, edges },
    ]);
    const channels = (['hospital', 'insurer'] as const).flatMap((from) =>
      transcript.channels[from].map(({ ciphertext, signature }, s) => {
        return { from: transcript[from].account, to: transcript.servers[s]!.account, ciphertext, signature };
      }),
    );
    // Those of one sender can be mined in any order.
    const byText = <T>(list: readonly T[], text: (one: T) => string) =>
      list.toSorted((a, b) => (text(a) < text(b) ? -1 : 1));
    const opened = byText(await events('ChannelOpened'), ({ from, to }) => `${from}${to}`);
    expect(opened).toMatchObject(byText(channels, ({ from, to }) => `${from}${to}`));
    for (const server of servers) {
      const prepared = await server.prepare(ledgerId, bytes(digest));
      if (typeof prepared === 'string') throw new Error(prepared);
      for await (const sent of server.send(ledgerId, [prepared])) expect(sent).not.toHaveProperty('error');
    }
    const answers = (await events('AnswerAccepted')).map(({ seat, y, w }) => ({
      seat,
      answer: `${y}${`${w}`.slice(2)}`,
    }));
    expect(answers).toEqual(transcript.answers.map(({ seat, answer }) => ({ seat, answer })));
    const { amounts, proof, records } = await insurer.sum(digest);
    expect({ amounts: amounts.map(String), records }).toEqual({
      amounts: transcript.sum.amounts,
      records: transcript.query.records,
    });
    const { value, blinding } = transcript.sum;
    expect(formatSumProof(proof)).toBe(formatSumProof({ signed: signedConsent(), sum: value, blinding }));
    expect((await verifySumProof(site, proof)).amounts.map(String)).toEqual(transcript.sum.amounts);
  });
});
