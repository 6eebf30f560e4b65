// The contract as a command reaches it: in the role of a keystore, or to read only; events from an archive if one is
// named.
import type { WaitOptions } from '../chain/named-block.ts';
import type { Wait } from '../chain/waiting/wait.ts';
import { counted } from '../counted.ts';
import { MIStoreError } from '../errors.ts';
import type { SiteOptions } from '../ledger/open-site.ts';
import type { ReadingSite, Site } from '../ledger/site.ts';
import { deploymentFor } from './deployment.ts';
import { chosenEngine } from './engine.ts';
import { readSeed, type SecretFlags } from './input/secrets.ts';
import type { ChainFlags, RoleFlags } from './options.ts';
import { Output } from './output.ts';
import { Repetition, subjectOf, waitInWords } from './text/waits.ts';

interface RoleOptions extends Pick<SiteOptions, 'threads' | 'sending' | 'lasting'> {
  /** Who sends and pays in the role's place. */
  payer?: SecretFlags;
  /** Where notes go: to standard error if not given. */
  say?: Say;
}

/** `fields`: for a log of JSON lines. */
type Say = (line: string, fields?: object) => void;

const noting =
  ({ json }: Pick<ChainFlags, 'json'>): Say =>
  (line) =>
    new Output(json ?? false).note(line);

/** The contract as one role sees it. The seed is for the caller's party. */
export async function openRole(
  options: RoleFlags,
  { payer, say = noting(options), ...more }: RoleOptions = {},
): Promise<{ site: Site; seed: Uint8Array }> {
  const { openSite } = await import('../ledger/open-site.ts');
  const { accountKey } = await import('../identity/keys.ts');
  const seed = await readSeed(options);
  return {
    site: await openSite({
      ...(await deploymentFor(options)),
      account: accountKey(payer === undefined ? seed : await readSeed(payer)),
      engine: await chosenEngine(),
      ...sourceOf(options, say),
      waiting: waitingOf(options, say),
      ...more,
    }),
    seed,
  };
}

/** The contract to read only. */
export async function openReader(options: ChainFlags): Promise<Site> {
  const { openSite } = await import('../ledger/open-site.ts');
  return openSite({
    ...(await deploymentFor(options)),
    engine: await chosenEngine(),
    ...sourceOf(options, noting(options)),
    waiting: waitingOf(options),
  });
}

/** What a check reads, and by whose word. */
export interface Source {
  site: ReadingSite;
  /** Whose roots they are: "the chain's". */
  whose: string;
  /** By whose word, as a line. */
  byWord: string;
  /** And for programs: hosts, or the archive that was read alone. */
  told: { vouchedBy: string[]; archive?: string };
}

/** The contract to read only; or, with --offline, an archive alone. Throws MISSING_ARCHIVE where none is named. */
export async function openSource(options: ChainFlags): Promise<Source> {
  if (!options.offline) {
    const { vouchingHosts } = await import('../ledger/site.ts');
    const site = await openReader(options);
    const vouchedBy = vouchingHosts(site);
    return { site, whose: "the chain's", byWord: byWhoseWord(vouchedBy), told: { vouchedBy } };
  }
  const { archive } = options;
  if (!archive) {
    const message = '--offline asks no node, so it needs an archive: give --archive FILE';
    throw new MIStoreError('MISSING_ARCHIVE', message);
  }
  const { openArchiveSite } = await import('../ledger/archive-site.ts');
  const site = await openArchiveSite(archive, await chosenEngine());
  const byWord = `Roots and other state: by the archive file ${archive}; its maker is believed. No node was asked.`;
  return { site, whose: "the archive's", byWord, told: { vouchedBy: [], archive } };
}

/** Where events are read from: an archive, if one is named. */
function sourceOf({ archive }: ChainFlags, say: Say): Pick<SiteOptions, 'archive' | 'onPruned'> {
  if (!archive) return {}; // MISTORE_ARCHIVE may be set to nothing.
  const onPruned = ({ message }: Error) => say(`Events end with the archive: ${message}.`);
  return { archive, onPruned };
}

/** Says what is waited for: at once, and then after growing pauses. */
export function waitingOf(
  options: Pick<ChainFlags, 'json'>,
  say: Say = noting(options),
): Required<Pick<WaitOptions, 'onWait'>> {
  const repetition = new Repetition();
  const onWait = (wait: Wait) => {
    if (repetition.isDue(subjectOf(wait))) say(waitInWords(wait), { ...wait, kind: 'waiting', for: wait.kind });
  };
  return { onWait };
}

/** By whose word the contract's roots and other state are believed, as a line. `hosts`: see vouchingHosts(). */
export function byWhoseWord([host, ...witnesses]: readonly string[]): string {
  if (witnesses.length === 0) return `Roots and other state: by the word of ${host} alone; --witness URL asks others.`;
  const confirmed = `confirmed by ${counted(witnesses.length, 'witness', 'witnesses')} (${witnesses.join(', ')})`;
  return `Roots and other state: by the word of ${host}, ${confirmed}.`;
}
