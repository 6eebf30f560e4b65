// Patients whose account is a contract (EIP-1271): their consent, the query, the answers of servers whose operators have listed
// the account; and no answer for an account that is not listed, whatever the endpoint says about it.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addressText } from '../../../src/address.ts';
import { fromHex, type Hex, toHex } from '../../../src/bytes.ts';
import { consentDigest } from '../../../src/contract/signing.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { isSignedByContract } from '../../../src/contract/wallet-signature.ts';
import { ingest } from '../../../src/ingest/ingest.ts';
import { signaturesOf } from '../../../src/ledger/query-view.ts';
import { deploymentOf, type Site } from '../../../src/ledger/site.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { checkReceipts, consentEdges } from '../../../src/parties/patient.ts';
import { Server } from '../../../src/parties/server/server.ts';
import { edgesHash, formatSignedConsent, type SignedConsent } from '../../../src/records/consent-file.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { sourceName } from '../../../src/records/source.ts';
import { sendAnswers } from '../../support/answers.ts';
import { seedOf, startChain, type TestChain } from '../../support/chain.ts';
import { type Cli, cliOn } from '../../support/cli.ts';
import { startEndpoint } from '../../support/endpoint/proxy.ts';
import { type Cast, fault, openCast } from '../../support/parties.ts';
import { plainTotals, rowsOf, sampleCsv } from '../../support/sample.ts';
import { ContractWallet } from './wallet.ts';

vi.setConfig({ testTimeout: 120_000 });
const rows = rowsOf(sampleCsv(20, 'wallets', 1));
/** What this wallet's owner signs with is for the wallet to say: here 99 bytes. */
const SIGNATURE = new Uint8Array(99).fill(7);

let chain: TestChain;
let cast: Cast;
let wallet: ContractWallet;
let receipts: Receipts;
let insurer: Insurer;
let insurerSite: Site;

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'wallets', 2, 3);
  wallet = await ContractWallet.deploy(await chain.sender('wallet owner'));
  const patient = rows[0]!.patient;
  const refuse = () => {
    throw new Error('a row is refused');
  };
  await ingest(cast.hospitalSite, await cast.hospital.dealer(cast.ledgerId), rows, {
    source: sourceName('a.csv', new Uint8Array(32)),
    accounts: cast.hospital.accounts([[patient, [toHex(wallet.address)]]]),
    onConflict: refuse,
    onOutOfRange: refuse,
  });
  receipts = await cast.hospital.receipts(cast.ledgerId, patient, wallet.address);
  insurerSite = await chain.site(seedOf('wallets: insurer'));
  insurer = new Insurer(insurerSite, seedOf('wallets: insurer'));
});
afterAll(() => chain?.stop());

/** The consent of the wallet to the sum of all its records, before anybody has allowed it. */
async function drafted(): Promise<SignedConsent & { digest: Uint8Array }> {
  const edges = consentEdges(
    receipts,
    receipts.records.map(({ recordId }) => recordId),
  );
  const deployment = deploymentOf(insurerSite);
  const consent = {
    insurer: toHex(insurer.address),
    ledgerId: receipts.ledgerId,
    patient: toHex(wallet.address),
    runsHash: toHex(edgesHash(wallet.address, edges)),
    deadline: await chain.deadline(),
    salt: toHex(randomBytes(32)) as Hex,
  };
  const { chainId, contract } = deployment;
  const digest = consentDigest(deployment, consent);
  return { chainId, contract: toHex(contract), consent, edges, signature: toHex(SIGNATURE), digest };
}

async function asked(): Promise<Uint8Array> {
  const signed = await drafted();
  await wallet.allow(signed.digest, SIGNATURE);
  return fromHex((await insurer.query(signed)).queryId);
}

const serverOf = (seat: number, accounts: readonly Uint8Array[], site = cast.serverSites[seat - 1]!) =>
  new Server(site, cast.serverSeeds[seat - 1]!, { contractSignature: signaturesOf(site, accounts) });

describe('a patient with a contract wallet', () => {
  it('has receipts that are valid, and consents by what the wallet takes; listed, the sum is exact', async () => {
    expect((await checkReceipts(insurerSite, receipts)).verdicts.every(({ fault }) => fault === null)).toBe(true);
    const queryId = await asked();
    for (const seat of [1, 3]) {
      const server = serverOf(seat, [wallet.address]);
      await sendAnswers(server, cast.ledgerId, [(await server.prepare(cast.ledgerId, queryId)) as AnswerCall]);
    }
    expect((await insurer.sum(toHex(queryId))).amounts).toEqual(plainTotals(rows).sums);
  });

  it('gets no query without the wallet, nor with another signature or of another consent', async () => {
    const unsigned = await drafted();
    expect(await fault(insurer.query(unsigned))).toMatchObject({ code: 'INVALID_SIGNATURE' });
    await wallet.allow(unsigned.digest, SIGNATURE.slice(1));
    expect(await fault(insurer.query(unsigned))).toMatchObject({ code: 'INVALID_SIGNATURE' });
  });

  it('gets no answer of a server whose operator has not listed the account', async () => {
    const queryId = await asked();
    const refused = { code: 'INVALID_QUERY', message: expect.stringContaining('not signed by the patient') };
    const plain = new Server(cast.serverSites[0]!, cast.serverSeeds[0]!);
    expect(await fault(plain.prepare(cast.ledgerId, queryId))).toMatchObject(refused);
    for (const listed of [[], [cast.servers[0]!.address], [new Uint8Array(20)]]) {
      expect(await fault(serverOf(1, listed).prepare(cast.ledgerId, queryId))).toMatchObject(refused);
    }
    expect(await serverOf(1, [wallet.address]).prepare(cast.ledgerId, queryId)).toMatchObject({ queryId });
  });

  it('gets no answer any more where the wallet has taken its word back', async () => {
    const signed = await drafted();
    await wallet.allow(signed.digest, SIGNATURE);
    const queryId = fromHex((await insurer.query(signed)).queryId);
    await wallet.allow(signed.digest, new Uint8Array(1));
    expect(await fault(serverOf(2, [wallet.address]).prepare(cast.ledgerId, queryId))).toMatchObject({
      code: 'INVALID_QUERY',
    });
  });
});

describe('an endpoint that says yes for every account', () => {
  it('is asked about listed accounts only: it gets no answer for another', async () => {
    const queryId = await asked();
    const calls: string[] = [];
    const yes = `0x1626ba7e${'0'.repeat(56)}`;
    const liar = await startEndpoint(async ({ method, params }, forward) => {
      if (method === 'eth_getCode' && params[0] !== toHex(chain.address)) return { result: '0x6000' };
      if (method !== 'eth_call' || params[0].to === toHex(chain.address)) return forward();
      calls.push(params[0].to);
      return { result: yes };
    }, chain.node.url);
    try {
      const site = await chain.site(cast.serverSeeds[1]!, { rpc: liar.url });
      const other = serverOf(2, [new Uint8Array(20).fill(5)], site);
      expect(await fault(other.prepare(cast.ledgerId, queryId))).toMatchObject({ code: 'INVALID_QUERY' });
      expect(calls).toEqual([]);
      expect(await serverOf(2, [wallet.address], site).prepare(cast.ledgerId, queryId)).toMatchObject({ queryId });
      expect(calls).toEqual([toHex(wallet.address)]);
    } finally {
      await liar.stop();
    }
  });

  it('is no wallet where there is no contract, or the call reverts, or another word comes back', async () => {
    const { rpc } = insurerSite.contract;
    const digest = new Uint8Array(32).fill(1);
    expect(await isSignedByContract(rpc, new Uint8Array(20).fill(9), digest, SIGNATURE)).toBe(false);
    expect(await isSignedByContract(rpc, chain.address, digest, SIGNATURE)).toBe(false);
    expect(await isSignedByContract(rpc, wallet.address, digest, SIGNATURE)).toBe(false);
    await wallet.allow(digest, new Uint8Array(0));
    expect(await isSignedByContract(rpc, wallet.address, digest, new Uint8Array(0))).toBe(true);
    expect(await isSignedByContract(rpc, wallet.address, digest, new Uint8Array(1))).toBe(false);
  });
});

describe('server run', () => {
  let cli: Cli;
  beforeAll(async () => {
    cli = await cliOn(chain, { server1: cast.serverSeeds[0]! });
  });
  afterAll(() => cli?.close());

  it('answers for accounts given with --contract-account, and for no other', async () => {
    const queryId = await asked();
    const answered = async () => (await insurerSite.contract.queryState(queryId)).answeredSeats;
    const run = (...more: string[]) => cli.run(['server', 'run', '--once', '--keystore', 'server1.json', ...more]);
    await run('--contract-account', addressText(cast.servers[0]!.address));
    expect(await answered()).toEqual([]);
    const listed = [cast.servers[1]!.address, wallet.address].flatMap((one) => [
      '--contract-account',
      addressText(one),
    ]);
    const { stderr } = await run(...listed);
    expect(await answered(), stderr).toEqual([1]);
  });

  it('a consent of a contract wallet is shown as signed', async () => {
    const { writeFile } = await import('node:fs/promises');
    const { digest, ...signed } = await drafted();
    await writeFile(`${cli.folder}/consent.json`, formatSignedConsent(signed));
    expect((await cli.run(['consent', 'show', 'consent.json', '--json'])).json).toMatchObject({ signed: false });
    await wallet.allow(digest, SIGNATURE);
    expect((await cli.run(['consent', 'show', 'consent.json', '--json'])).json).toMatchObject({ signed: true });
  });
});
