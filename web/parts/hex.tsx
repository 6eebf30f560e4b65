// Addresses and hashes: shortened where a table has no room, whole for those who compare them; with a name where the host's
// network file has one.
import { shortened, shown } from '../format.ts';
import type { HostSettings } from '../session/host.ts';
import { useSession } from '../session/session.ts';

/** The name of an address in the network file. */
export const nameOf = ({ names }: HostSettings, address: string): string | undefined =>
  Object.entries(names).find(([, one]) => one === address.toLowerCase())?.[0];

/** "acme (0x1234…cdef)", or the address alone. */
export function Account({ address, isWhole = false }: { address: string; isWhole?: boolean }) {
  const { host } = useSession();
  const name = nameOf(host, address);
  const hex = <Hash value={address} isWhole={isWhole} />;
  return name === undefined ? (
    hex
  ) : (
    <span>
      <bdi>{shown(name)}</bdi> <span class="soft">({hex})</span>
    </span>
  );
}

export function Hash({ value, isWhole = false }: { value: string; isWhole?: boolean }) {
  return isWhole ? (
    <code>{value}</code>
  ) : (
    <code class="short" title={value}>
      {shortened(value)}
    </code>
  );
}
