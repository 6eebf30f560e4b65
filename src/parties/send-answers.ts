// Sends a server's answers to any number of queries. Neither their number nor one that the contract refuses keeps the
// others from the chain: there may be more queries than answers fit in a transaction, and anyone may have asked them.

import { RpcError, TransactionFailedError, TransactionLimitError } from '../chain/errors.ts';
import type { TransactionReceipt } from '../chain/types.ts';
import type { MIStoreContract } from '../contract/client.ts';
import { ContractError } from '../contract/errors.ts';
import type { AnswerCall } from '../contract/types.ts';
import { MIStoreError } from '../errors.ts';

/** Answers that one transaction took, or one answer that no transaction takes, and why. */
export type SentAnswers =
  | { queryIds: Uint8Array[]; transaction: TransactionReceipt }
  | { queryIds: Uint8Array[]; error: MIStoreError };

/** Faults that may be those of one answer, or of too many in one transaction. */
const OF_ANSWERS = [ContractError, TransactionFailedError, TransactionLimitError, RpcError] as const;

/** In as few transactions as will take them: what is refused is tried again in halves. Other faults are thrown. */
export async function* sendAnswers(
  contract: MIStoreContract,
  answers: readonly AnswerCall[],
): AsyncGenerator<SentAnswers> {
  if (answers.length === 0) return;
  const queryIds = answers.map(({ queryId }) => queryId);
  let sent: SentAnswers;
  try {
    sent = { queryIds, transaction: (await contract.answer(answers)).receipt };
  } catch (error) {
    if (!(error instanceof MIStoreError) || !OF_ANSWERS.some((type) => error instanceof type)) throw error;
    sent = { queryIds, error };
  }
  if ('transaction' in sent || answers.length === 1) {
    yield sent;
    return;
  }
  const middle = answers.length >> 1;
  yield* sendAnswers(contract, answers.slice(0, middle));
  yield* sendAnswers(contract, answers.slice(middle));
}
