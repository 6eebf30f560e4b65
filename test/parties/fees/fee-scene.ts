// A scene for fees: the scene of a (2, 3) ledger, with a clock that can be moved, queries that stop half way, and what the
// contract holds.

import { readBalance } from '../../../src/chain/state.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { Server, type ServerOptions } from '../../../src/parties/server/server.ts';
import type { SignedConsent } from '../../../src/records/consent-file.ts';
import { encodeEdges, encodeProofs } from '../../../src/records/query-bytes.ts';
import { deviating } from '../../support/adversary.ts';
import { openScene, type Scene } from '../../support/scene.ts';

export interface FeeScene extends Scene {
  /** Server of a seat with these options, in a new object. */
  server(seat: number, options?: ServerOptions): Server;
  /** Seconds of the chain's newest block. */
  now(): Promise<number>;
  /** Mines a block at this time, in seconds; later than the newest. */
  moveTo(seconds: number): Promise<void>;
  /** Sends the first edge of a consent's query, of at least two, with these options. */
  begin(signed: SignedConsent, options?: Parameters<Insurer['query']>[1]): Promise<void>;
  /** A consent to two runs: two edges or more. */
  twoRuns(): Promise<SignedConsent>;
  /** Wei of the contract. */
  held(): Promise<bigint>;
  newestBlock(): Promise<unknown>;
}

export async function openFeeScene(name: string): Promise<FeeScene> {
  const scene = await openScene(name);
  const { chain, cast, insurerSite, insurerSeed, recordsOf, consentTo } = scene;
  const call = (method: string, ...given: unknown[]) => chain.rpc.call(method, given);
  return {
    ...scene,
    server: (seat, options) => new Server(cast.serverSites[seat - 1]!, cast.serverSeeds[seat - 1]!, options),
    now: async () => Number(await chain.deadline(0)),
    moveTo: async (seconds) => {
      await call('evm_setNextBlockTimestamp', seconds);
      await chain.mine();
    },
    begin: async (signed, options) => {
      const first = signed.edges.slice(0, 1);
      const site: Site = deviating(insurerSite, {
        openQuery: (honest) => (query) =>
          honest.openQuery({ ...query, edges: encodeEdges(first), proofs: encodeProofs(chain.engine, first) }),
      });
      await new Insurer(site, insurerSeed).query(signed, options);
    },
    twoRuns: async () => consentTo([...recordsOf('ambulatory').slice(0, 2), ...recordsOf('wellness').slice(0, 2)]),
    held: () => readBalance(chain.rpc, chain.address),
    newestBlock: () => call('eth_blockNumber'),
  };
}
