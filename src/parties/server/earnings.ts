// What a server has earned by answers, from the contract's events, and what of that it is owed still.
import { type Hex, toHex } from '../../bytes.ts';
import type { Site } from '../../ledger/site.ts';

/** Wei. */
export interface Earnings {
  /** What the contract owes the account now; also fees that were given back to it as an insurer. */
  owed: bigint;
  /** By all answers so far. */
  earned: bigint;
  /** Answers that earned something, in the order of the chain. */
  answers: { queryId: Hex; ledgerId: Hex; share: bigint }[];
}

/** `account`: 20 bytes. */
export async function earningsOf({ contract, events }: Site, account: Uint8Array): Promise<Earnings> {
  const answers: Earnings['answers'] = [];
  for await (const { queryId, ledgerId, share } of events.read('FeeEarned', { server: account })) {
    answers.push({ queryId: toHex(queryId), ledgerId: toHex(ledgerId), share });
  }
  return {
    owed: await contract.owed(account),
    earned: answers.reduce((sum, { share }) => sum + share, 0n),
    answers,
  };
}
