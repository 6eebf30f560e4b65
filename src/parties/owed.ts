// What the contract owes an account, earned as a server or given back to an insurer, and its way out: the account itself
// withdraws it, all at once.
import { eventOf } from '../contract/outcome.ts';
import type { Site } from '../ledger/site.ts';

/** Sends all that the contract owes the site's account to `to` (20 bytes); gives the wei. Throws a ContractError, NothingOwed or WithdrawalFailed. */
export async function withdrawOwed({ contract }: Site, to: Uint8Array): Promise<bigint> {
  return eventOf(await contract.withdraw(to), 'Withdrawn').amount;
}
