// What the contract holds and what it owes, to the wei: all that is owed to accounts, and what is left of the fees of all queries.
import { toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { accountKey } from '../../src/identity/keys.ts';
import type { Stage } from './stage/stage.ts';

export async function feesOf({
  chain,
  insurers,
  hospital,
  serverSeeds,
}: Stage): Promise<{ held: bigint; owed: bigint }> {
  const { contract, events } = hospital.site;
  const held = BigInt(await chain.rpc.call<string>('eth_getBalance', [toHex(chain.address), 'latest']));
  const accounts = [
    ...serverSeeds.map((seed) => accountOf(accountKey(seed))),
    ...insurers.map(({ address }) => address),
  ];
  let owed = 0n;
  for (const account of accounts) owed += await contract.owed(account);
  for await (const { queryId } of events.read('FeeOffered')) {
    const { share, left } = await contract.feeOf(queryId);
    owed += share * BigInt(left);
  }
  return { held, owed };
}
