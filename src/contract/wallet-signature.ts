// EIP-1271: whether an account that is a contract takes a signature for its own. The answer is what an endpoint says, so it is
// asked only about accounts that somebody knows to be contracts (docs/protocol.md, "Who is believed").
import { concat, fromHex, toHex, uint256 } from '../bytes.ts';
import { RpcError } from '../chain/errors.ts';
import type { Rpc } from '../chain/rpc.ts';
import { readCall } from '../chain/state.ts';

/** isValidSignature(bytes32,bytes): its selector, which is also what it answers for yes. */
const SELECTOR = fromHex('0x1626ba7e');
const YES = toHex(concat(SELECTOR, new Uint8Array(28)));

/** Whether the contract at `account` (20 bytes) says that it has signed the digest (32 bytes). False where there is none. */
export async function isSignedByContract(
  rpc: Rpc,
  account: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const padding = new Uint8Array((32 - (signature.length % 32)) % 32);
  const data = concat(SELECTOR, digest, uint256(64n), uint256(BigInt(signature.length)), signature, padding);
  try {
    return (await readCall(rpc, { to: toHex(account), data: toHex(data) }, 'latest')) === YES;
  } catch (error) {
    if (error instanceof RpcError && !error.passing) return false; // it reverts
    throw error;
  }
}
