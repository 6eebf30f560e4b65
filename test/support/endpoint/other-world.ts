// The strongest lie of an endpoint: a whole other history of the same ledger, of the same chain id, contract, keys and terms,
// told without a contradiction; the honest chain's blocks are shown for it, so that their hashes are right.
import type { Hex } from '../../../src/bytes.ts';
import { quantity, Rpc } from '../../../src/chain/rpc.ts';
import type { IngestRow } from '../../../src/ingest/ingest.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { Hospital } from '../../../src/parties/hospital.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { Patient } from '../../../src/parties/patient.ts';
import { Server } from '../../../src/parties/server/server.ts';
import type { SignedConsent } from '../../../src/records/consent-file.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { startChain, type TestChain } from '../chain.ts';
import { type Cast, storeRows } from '../parties.ts';
import type { Scene } from '../scene.ts';
import { type Endpoint, startEndpoint } from './proxy.ts';

export interface OtherWorld {
  chain: TestChain;
  /** Receipts of the same patient. */
  receipts: Receipts;
  /** A consent to the first three of them, which is asked for and answered here. */
  signed: SignedConsent;
  queryId: Hex;
  /** An endpoint of the honest chain whose state and logs are this world's. */
  liar(): Promise<Endpoint>;
  stop(): Promise<void>;
}

/** The ledger of a scene with other rows, some of `patientId`, whose account's seed is `patientSeed`. */
export async function otherWorld(
  { cast, chain: honest, receipts: own, insurerSeed }: Scene,
  patientId: string,
  patientSeed: Uint8Array,
  rows: readonly IngestRow[],
): Promise<OtherWorld> {
  const chain = await startChain();
  const { ledger } = await cast.hospital.dealer(cast.ledgerId);
  const hospitalSite = await chain.site(cast.hospitalSeed);
  const hospital = new Hospital(hospitalSite, cast.hospitalSeed);
  const serverSites: Site[] = await Promise.all(cast.serverSeeds.map((seed) => chain.site(seed)));
  const servers = serverSites.map((site, s) => new Server(site, cast.serverSeeds[s]!));
  await Promise.all(servers.map((server) => server.register()));
  const ledgerId = await hospital.openLedger(ledger.terms, ledger.salt);
  await Promise.all(servers.map((server) => server.join(ledgerId)));
  const castThere: Cast = { ...cast, chain, hospital, hospitalSite, servers, serverSites };
  await storeRows(castThere, rows);
  const receipts = await hospital.receipts(ledgerId, patientId);
  const insurer = new Insurer(await chain.site(insurerSeed), insurerSeed);
  const records = receipts.records.filter(({ category }) => category === own.records[0]!.category).slice(0, 3);
  const patient = new Patient(await chain.reader(), patientSeed);
  const ids = records.map(({ recordId }) => recordId);
  const signed = patient.consent(insurer.address, receipts, ids, await chain.deadline());
  const { queryId } = await insurer.query(signed);
  for (const server of servers.slice(0, ledger.terms.threshold)) {
    const answer = await server.prepare(ledgerId, Buffer.from(queryId.slice(2), 'hex'));
    if (typeof answer === 'string') throw new Error(answer);
    for await (const sent of server.send(ledgerId, [answer])) if ('error' in sent) throw sent.error;
  }
  const there = new Rpc(chain.node.url);
  const liars: Endpoint[] = [];
  const liar = async () => {
    const endpoint = await startEndpoint(async ({ method, params }, forward) => {
      const told = here(method, params);
      if (told === null) return forward();
      const result = await there.call<{ blockNumber: Hex }[]>(method, told);
      if (method !== 'eth_getLogs') return { result };
      const [from, to] = [Number(params[0].fromBlock), Number(params[0].toBlock)];
      return {
        result: result.filter(({ blockNumber }) => Number(blockNumber) >= from && Number(blockNumber) <= to),
      };
    }, honest.node.url);
    liars.push(endpoint);
    return endpoint;
  };
  const stop = async () => {
    for (const one of liars) await one.stop();
    await chain.stop();
  };
  return { chain, receipts, signed, queryId, liar, stop };
}

/** What is asked of the other world in place of this: its newest state, all its logs; null where the honest chain is to answer. */
// biome-ignore lint/suspicious/noExplicitAny: each method has its own
function here(method: string, params: any[]): unknown[] | null {
  if (['eth_call', 'eth_getStorageAt', 'eth_getCode', 'eth_getBalance'].includes(method)) {
    return [...params.slice(0, -1), 'latest'];
  }
  if (method === 'eth_getLogs') return [{ ...params[0], fromBlock: quantity(0), toBlock: 'latest' }];
  return null;
}
