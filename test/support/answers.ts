// A server's answers sent as Server.sendAnswers does, for tests that expect every one of them to be accepted or care why
// the first was not.
import type { TransactionReceipt } from '../../src/chain/types.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import type { Server } from '../../src/parties/server.ts';

/** Receipts of the transactions. Throws the first refusal, after all have been tried. */
export async function sendAnswers(server: Server, answers: readonly AnswerCall[]): Promise<TransactionReceipt[]> {
  const receipts: TransactionReceipt[] = [];
  const faults: Error[] = [];
  for await (const sent of server.sendAnswers(answers)) {
    if ('fault' in sent) faults.push(sent.fault);
    else receipts.push(sent.receipt);
  }
  if (faults[0]) throw faults[0];
  return receipts;
}
