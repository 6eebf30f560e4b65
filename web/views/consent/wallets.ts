// Wallets that the browser offers to pages: those that announce themselves (EIP-6963), else the one at window.ethereum (EIP-1193).
import { useEffect, useState } from 'preact/hooks';
import type { Wallet } from '../../model/types.ts';

export interface FoundWallet {
  id: string;
  /** '' for one that has not said it. */
  name: string;
  wallet: Wallet;
}

interface Announcement {
  info?: { uuid?: unknown; name?: unknown };
  provider?: Wallet;
}

export function useWallets(): FoundWallet[] {
  const [announced, setAnnounced] = useState<FoundWallet[]>([]);
  useEffect(() => {
    const add = (event: Event) => {
      const { info, provider } = (event as CustomEvent<Announcement | undefined>).detail ?? {};
      if (typeof info?.uuid !== 'string' || typeof provider?.request !== 'function') return;
      const found = { id: info.uuid, name: typeof info.name === 'string' ? info.name : '', wallet: provider };
      setAnnounced((before) => (before.some(({ id }) => id === found.id) ? before : [...before, found]));
    };
    addEventListener('eip6963:announceProvider', add);
    dispatchEvent(new Event('eip6963:requestProvider'));
    return () => removeEventListener('eip6963:announceProvider', add);
  }, []);
  if (announced.length > 0) return announced;
  const { ethereum } = window as { ethereum?: Wallet };
  return typeof ethereum?.request === 'function' ? [{ id: 'ethereum', name: '', wallet: ethereum }] : [];
}
