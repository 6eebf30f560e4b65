// A wallet for tests: a real key behind EIP-1193, which announces itself as EIP-6963 says or stands at window.ethereum. It can be
// told to refuse, or to have another account or chain.
import { JsonRpcProvider, Wallet as Signer } from 'ethers';
import type { Page } from 'puppeteer-core';
import { toHex } from '../../../src/bytes.ts';

export interface FakeWallet {
  /** Every method that the page has called. */
  calls: string[];
  /** As if the person had pressed "reject". */
  isRefusing: boolean;
  /** Instead of its own. */
  account: string | undefined;
  chainId: string;
  address: string;
}

/** Script for the page: the wallet's side of it. `announced`: by EIP-6963, under this name. */
export const walletScript = (announced?: string): string => `{
  const provider = { request: async (call) => {
    const { result, error } = JSON.parse(await fakeWallet(JSON.stringify(call)));
    if (error) throw error;
    return result;
  } };
  ${
    announced === undefined
      ? 'window.ethereum = provider;'
      : `const info = { uuid: 'b1', name: '${announced}', icon: 'data:,', rdns: 'test' };
  const announce = () => dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: { info, provider } }));
  addEventListener('eip6963:requestProvider', announce);
  announce();`
  }
}`;

/** `key`: 32 bytes. */
export async function injectWallet(page: Page, key: Uint8Array, endpoint: string): Promise<FakeWallet> {
  const signer = new Signer(toHex(key), new JsonRpcProvider(endpoint));
  const wallet: FakeWallet = {
    calls: [],
    isRefusing: false,
    account: undefined,
    chainId: '0x7a69',
    address: signer.address,
  };
  await page.exposeFunction('fakeWallet', async (text: string) => {
    const { method, params } = JSON.parse(text) as { method: string; params: unknown[] };
    wallet.calls.push(method);
    try {
      return JSON.stringify({ result: await answer(wallet, signer, method, params) });
    } catch (error) {
      return JSON.stringify({ error });
    }
  });
  return wallet;
}

async function answer(wallet: FakeWallet, signer: Signer, method: string, params: unknown[]): Promise<unknown> {
  switch (method) {
    case 'eth_requestAccounts':
      return [wallet.account ?? wallet.address];
    case 'eth_chainId':
      return wallet.chainId;
    case 'wallet_switchEthereumChain':
      wallet.chainId = (params[0] as { chainId: string }).chainId;
      return null;
    case 'eth_signTypedData_v4': {
      if (wallet.isRefusing) throw { code: 4001, message: 'User rejected the request.' };
      const { domain, types, message } = JSON.parse(params[1] as string);
      const { EIP712Domain: _, ...rest } = types;
      return signer.signTypedData(domain, rest, message);
    }
    case 'eth_sendTransaction': {
      const { to, data } = params[0] as { to: string; data: string };
      return (await signer.sendTransaction({ to, data })).hash;
    }
    default:
      throw { code: 4200, message: `no ${method}` };
  }
}
