// A query as a command line names it: by its id, or by the file of the consent that it is asked with. The file is read before
// a password is asked for; what either means is known when the contract is reached.
import { existsSync } from 'node:fs';
import { fromHex, type Hex, toHex } from '../../bytes.ts';
import { MIStoreError } from '../../errors.ts';
import { readTextFile } from '../../files/text-file.ts';
import type { Site } from '../../ledger/site.ts';
import type { NamedConsent } from '../../records/consent-file.ts';

/** An id, or what the file holds. */
export type GivenQuery = Hex | NamedConsent;

/** What help says of such an argument. */
export const QUERY_ARGUMENT = ['<consent>', "the consent file, or the query's id"] as const;

/** Throws NO_SUCH_QUERY for what is neither an id nor a file, and an EncodingError for a file that is no consent. */
export async function readQuery(given: string): Promise<GivenQuery> {
  if (/^0x[0-9a-fA-F]{64}$/.test(given)) return given.toLowerCase() as Hex;
  if (/^0x[0-9a-fA-F]*$/.test(given) && !existsSync(given)) {
    throw new MIStoreError(
      'NO_SUCH_QUERY',
      `${given} is neither a query's id, which is 0x and 64 hex digits, nor a file`,
    );
  }
  const { parseSignedConsent } = await import('../../records/consent-file.ts');
  return parseSignedConsent(await readTextFile(given));
}

/** Throws WRONG_DEPLOYMENT for a consent that is for another contract. */
export async function queryIdOf(site: Site, given: GivenQuery): Promise<Hex> {
  if (typeof given === 'string') return given;
  const { consentDigest } = await import('../../contract/signing.ts');
  const { checkSameDeployment, deploymentOf } = await import('../../ledger/site.ts');
  checkSameDeployment(site, 'the consent is', given);
  return toHex(consentDigest(deploymentOf(site), given.consent));
}

/** The consent itself, which the chain has of a query that was opened. Throws UNKNOWN_QUERY. */
export async function consentOf(site: Site, given: GivenQuery): Promise<NamedConsent> {
  if (typeof given !== 'string') return given;
  const { QueryView } = await import('../../ledger/query-view.ts');
  const { deploymentOf } = await import('../../ledger/site.ts');
  const { consent } = await QueryView.load(site, fromHex(given));
  const { chainId, contract } = deploymentOf(site);
  return { chainId, contract: toHex(contract), consent };
}
