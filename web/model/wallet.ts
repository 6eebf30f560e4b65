// An injected wallet (EIP-1193) as the model asks it: for the account, the chain, a signature, a transaction. What it answers
// is checked by whoever uses it; its errors become those of MIStore.
import type { Hex } from '../../src/bytes.ts';
import { MIStoreError } from '../../src/errors.ts';
import type { Wallet } from './types.ts';

/** Codes of EIP-1193 and EIP-3085. */
const REFUSED = 4001;
const UNKNOWN_CHAIN = 4902;

/**
 * Makes sure that the wallet has this account (20 bytes, 0x-hex) and is on this chain. Throws WRONG_ACCOUNT, WRONG_CHAIN,
 * WALLET_REFUSED, WALLET_FAILED.
 */
export async function prepareWallet(wallet: Wallet, account: Hex, chainId: bigint): Promise<void> {
  const accounts = await ask(wallet, 'eth_requestAccounts');
  const known = Array.isArray(accounts) ? accounts.map((one) => String(one).toLowerCase()) : [];
  if (!known.includes(account.toLowerCase())) {
    const message = `the wallet does not give access to account ${account}; it gives ${known.join(', ') || 'none'}`;
    throw new MIStoreError('WRONG_ACCOUNT', message, { account, accounts: known });
  }
  if ((await chainOf(wallet)) === chainId) return;
  await ask(wallet, 'wallet_switchEthereumChain', [{ chainId: `0x${chainId.toString(16)}` }]);
  const actual = await chainOf(wallet);
  if (actual !== chainId) throw wrongChain(chainId, actual);
}

/** The account's signature of typed data. Some wallets give v as 0 or 1, which contracts do not take. */
export async function walletSignature(wallet: Wallet, account: Hex, typedData: object): Promise<Hex> {
  const signature = hexOf(await ask(wallet, 'eth_signTypedData_v4', [account, JSON.stringify(typedData)]), 'signature');
  const v = signature.length === 132 ? Number(`0x${signature.slice(130)}`) : 27;
  return v < 2 ? (`${signature.slice(0, 130)}${(27 + v).toString(16)}` as Hex) : signature;
}

/** Has the wallet send a transaction; its hash. */
export async function walletSend(wallet: Wallet, transaction: { from: Hex; to: Hex; data: Hex }): Promise<Hex> {
  return hexOf(await ask(wallet, 'eth_sendTransaction', [transaction]), 'transaction hash');
}

async function chainOf(wallet: Wallet): Promise<bigint | null> {
  const chainId = await ask(wallet, 'eth_chainId');
  return typeof chainId === 'string' && /^(0x[0-9a-f]{1,16}|\d{1,20})$/i.test(chainId) ? BigInt(chainId) : null;
}

async function ask(wallet: Wallet, method: string, params?: readonly unknown[]): Promise<unknown> {
  try {
    return await wallet.request({ method, ...(params && { params }) });
  } catch (error) {
    const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
    if (code === REFUSED) throw new MIStoreError('WALLET_REFUSED', 'the request was refused in the wallet', { method });
    if (code === UNKNOWN_CHAIN) throw wrongChain(BigInt((params![0] as { chainId: Hex }).chainId), null);
    const said = typeof message === 'string' ? message.slice(0, 300) : String(error).slice(0, 300);
    throw new MIStoreError('WALLET_FAILED', `the wallet does not do ${method}: ${said}`, { method, said });
  }
}

function wrongChain(expected: bigint, actual: bigint | null): MIStoreError {
  const now = actual === null ? 'does not know it' : `is on chain ${actual}`;
  return new MIStoreError('WALLET_CHAIN', `the wallet must be on chain ${expected}; it ${now}`, { expected, actual });
}

function hexOf(value: unknown, what: string): Hex {
  if (typeof value === 'string' && /^0x([0-9a-f]{2})+$/i.test(value)) return value.toLowerCase() as Hex;
  throw new MIStoreError('WALLET_FAILED', `the wallet gives no ${what}`, { what });
}
