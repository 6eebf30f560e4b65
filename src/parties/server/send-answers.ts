// Sends a server's answers to any number of queries, which anyone may have asked. If there are too many for a transaction,
// or the contract refuses one of them, the others still reach the chain.
import { RpcError } from '../../chain/errors.ts';
import { TransactionFailedError, TransactionLimitError } from '../../chain/sending/errors.ts';
import type { TransactionReceipt } from '../../chain/types.ts';
import type { MIStoreContract } from '../../contract/client.ts';
import { ContractError } from '../../contract/errors.ts';
import type { AnswerCall } from '../../contract/types.ts';
import { MIStoreError } from '../../errors.ts';

/** Answers that the contract accepted in one transaction, or one answer that could not be sent, and why. */
export type SentAnswers =
  | { queryIds: Uint8Array[]; transaction: TransactionReceipt }
  | { queryIds: Uint8Array[]; error: MIStoreError };

/** Errors that one of the answers may cause, or their number. */
const OF_ANSWERS = [ContractError, TransactionFailedError, TransactionLimitError, RpcError] as const;

/** Sends as few transactions as it can: one that fails is tried again in halves. Other errors are thrown. */
export async function* sendAnswers(
  contract: MIStoreContract,
  ledgerId: Uint8Array,
  answers: readonly AnswerCall[],
): AsyncGenerator<SentAnswers> {
  if (answers.length === 0) return;
  const queryIds = answers.map(({ queryId }) => queryId);
  let sent: SentAnswers;
  try {
    sent = { queryIds, transaction: (await contract.answer(ledgerId, answers)).receipt };
  } catch (error) {
    if (!(error instanceof MIStoreError) || !OF_ANSWERS.some((type) => error instanceof type)) throw error;
    sent = { queryIds, error };
  }
  if ('transaction' in sent || answers.length === 1) {
    yield sent;
    return;
  }
  const middle = answers.length >> 1;
  yield* sendAnswers(contract, ledgerId, answers.slice(0, middle));
  yield* sendAnswers(contract, ledgerId, answers.slice(middle));
}
