// What is found out before a sender sends anything: how it can tell that a transaction is settled, and where its account
// stands.

import { addressText } from '../../address.ts';
import { checkInteger } from '../../errors.ts';
import { NoFinalityError } from '../errors.ts';
import { pause, type Rpc } from '../rpc.ts';
import { readHead, readNonce } from '../state.ts';
import { SILENT } from '../waiting/wait.ts';
import { readPooledNonce } from './refusal.ts';

/** Milliseconds before the account's nonce is asked for again; doubled each time, up to the longest. */
const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 1000;

/** As asked for, if the endpoint can tell; found out before anything is sent. */
export async function usableConfirmations(
  rpc: Rpc,
  confirmations: number | 'finalized',
  unlessFinal: number | undefined,
): Promise<number | 'finalized'> {
  if (confirmations !== 'finalized') {
    checkInteger('confirmations', confirmations, 1, 1_000_000);
    return confirmations;
  }
  if (unlessFinal !== undefined) checkInteger('unlessFinal', unlessFinal, 1, 1_000_000);
  try {
    await readHead(rpc, 'finalized');
    return 'finalized';
  } catch (error) {
    if (error instanceof NoFinalityError && unlessFinal !== undefined) return unlessFinal;
    throw error;
  }
}

/** The account's next nonce, when its earlier transactions are mined, or `patience` milliseconds are over. */
export async function settledNonce(rpc: Rpc, account: Uint8Array, patience: number): Promise<number> {
  const since = Date.now();
  const until = since + patience;
  let toldAt = since;
  let nonce = await readNonce(rpc, account);
  for (let wait = FIRST_PAUSE; ; wait = Math.min(2 * wait, LONGEST_PAUSE)) {
    const pooled = await readPooledNonce(rpc, account);
    if (pooled === null || pooled <= nonce || Date.now() >= until) return nonce;
    if (Date.now() - toldAt >= SILENT) {
      toldAt = Date.now();
      rpc.onWait?.({ kind: 'account', account: addressText(account), transactions: pooled - nonce, until });
    }
    await pause(wait);
    nonce = await readNonce(rpc, account);
  }
}
