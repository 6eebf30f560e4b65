// A server's answers sent as Server.send does, for tests that expect every one of them to be accepted or care why
// the first was not.
import type { TransactionReceipt } from '../../src/chain/types.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import type { Server } from '../../src/parties/server/server.ts';

/** Receipts of the transactions. Throws the first refusal, after all have been tried. */
export async function sendAnswers(
  server: Server,
  ledgerId: Uint8Array,
  answers: readonly AnswerCall[],
): Promise<TransactionReceipt[]> {
  const receipts: TransactionReceipt[] = [];
  const errors: Error[] = [];
  for await (const sent of server.send(ledgerId, answers)) {
    if ('error' in sent) errors.push(sent.error);
    else receipts.push(sent.transaction);
  }
  if (errors[0]) throw errors[0];
  return receipts;
}
