// What the folder of a development network holds for the commands that are typed in it: the network file with everybody's
// names, and a CSV of made-up bills to ingest.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { addressText } from '../address.ts';
import { equalBytes } from '../bytes.ts';
import { sampleEncounters } from '../demo/sample.ts';
import { MIStoreError } from '../errors.ts';
import { withOutputFile } from '../files/output-file.ts';
import { changeNetwork, readNetwork, withName } from '../network/change.ts';
import { NETWORK_FILE, type Network, type PinnedContract } from '../network/network-file.ts';
import { allOf, type DevAccounts } from './accounts.ts';

/** Name of the network's ledger. */
export const LEDGER_NAME = 'bills';

/** The CSV: P-001 has the most bills. */
export const SAMPLE = { file: 'encounters.csv', preset: 'synthea-encounters', rows: 200, patients: 12, seed: 'dev' };

const URL_PATTERN = /^http:\/\/127\.0\.0\.1:(\d+)\/?$/;

/** Where the network ran before, if it did: its URL and port. */
export async function placeBefore(folder: string): Promise<{ url: string; port: number } | undefined> {
  const { endpoint = '' } = await readNetwork(join(folder, NETWORK_FILE));
  const [url, port] = URL_PATTERN.exec(endpoint) ?? [];
  return url === undefined ? undefined : { url, port: Number(port) };
}

/**
 * Writes the network file. One that is there keeps what it has, but for an endpoint on this machine, where the network runs now.
 * Throws OTHER_NETWORK if it is of another contract.
 */
export async function writeNetworkFile(
  folder: string,
  made: { url: string; contract: PinnedContract; accounts: DevAccounts; ledgerId: Uint8Array },
): Promise<void> {
  const path = join(folder, NETWORK_FILE);
  const { url, contract, accounts, ledgerId } = made;
  await changeNetwork(path, (network) => {
    const { pinned, endpoint = url } = network;
    if (pinned !== undefined && !equalBytes(pinned.contract, contract.contract)) {
      const message = `${path} is of another network, with the contract ${addressText(pinned.contract)}: move it away, and the right one is written`;
      throw new MIStoreError('OTHER_NETWORK', message, { file: path });
    }
    const here = { ...network, endpoint: URL_PATTERN.test(endpoint) ? url : endpoint };
    if (pinned !== undefined) return here;
    const named = allOf(accounts).reduce(
      (so: Network, { name, address }) => withName(so, 'account', name, address, path),
      { ...here, pinned: contract },
    );
    return withName(named, 'ledger', LEDGER_NAME, ledgerId, path);
  });
}

/** Writes the CSV, unless there is one, or the network's ledger is for other rows. */
export async function writeSample(folder: string, preset: string): Promise<void> {
  const { file, ...options } = SAMPLE;
  const path = join(folder, file);
  if (preset !== options.preset || existsSync(path)) return;
  const patientId = (number: number) => `P-${String(number + 1).padStart(3, '0')}`;
  await withOutputFile(path, {}, async (output) => {
    for (const piece of sampleEncounters({ ...options, patientId })) await output.write(piece);
  });
}
