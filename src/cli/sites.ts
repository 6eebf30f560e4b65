// The contract as a command reaches it: in the role of a keystore, or to read only; events from an archive if one is
// named.
import { accountKey } from '../identity/keys.ts';
import type { Site, SiteOptions } from '../ledger/site.ts';
import { deploymentFor } from './deployment.ts';
import { chosenEngine } from './engine.ts';
import { readSeed, type SecretFlags } from './input/secrets.ts';
import type { ChainFlags, RoleFlags } from './options.ts';
import { Output } from './output.ts';

/** The contract as one role sees it. The seed is for the caller's party; `payer`: who sends and pays in its place. */
export async function openRole(
  options: RoleFlags,
  { payer, ...more }: Pick<SiteOptions, 'threads' | 'sending' | 'lasting'> & { payer?: SecretFlags } = {},
): Promise<{ site: Site; seed: Uint8Array }> {
  const { openSite } = await import('../ledger/site.ts');
  const seed = await readSeed(options);
  return {
    site: await openSite({
      ...(await deploymentFor(options)),
      account: accountKey(payer === undefined ? seed : await readSeed(payer)),
      engine: await chosenEngine(),
      ...sourceOf(options),
      ...more,
    }),
    seed,
  };
}

/** The contract to read only. */
export async function openReader(options: ChainFlags): Promise<Site> {
  const { openSite } = await import('../ledger/site.ts');
  return openSite({ ...(await deploymentFor(options)), engine: await chosenEngine(), ...sourceOf(options) });
}

/** Where events are read from: an archive, if one is named. */
function sourceOf({ archive, json }: ChainFlags): Pick<SiteOptions, 'archive' | 'onPruned'> {
  if (!archive) return {}; // MISTORE_ARCHIVE may be set to nothing.
  const onPruned = ({ message }: Error) => new Output(json ?? false).note(`Events end with the archive: ${message}.`);
  return { archive, onPruned };
}
