// Files about patients that a hospital gives to the program: their accounts, and their ids alone.
import { type Hex, toHex } from '../../bytes.ts';
import { EncodingError } from '../../errors.ts';
import { parseJson } from '../../files/json.ts';
import { readTextFile } from '../../files/text-file.ts';
import type { FoundNetwork } from '../../network/network-file.ts';
import { nameFault } from '../../records/input/names.ts';
import { findNetwork } from '../deployment.ts';
import type { ChainFlags } from '../options.ts';
import { bytesOf, Named, readAccount } from './named.ts';

/** Patient id → accounts, addresses or names of the network file, from a JSON file. An id that no row can have would leave its patient the custodial account. */
export async function readAccounts(file: string, flags: Pick<ChainFlags, 'network'>): Promise<[string, Hex[]][]> {
  const accounts = parseJson(await readTextFile(file), file);
  if (typeof accounts !== 'object' || accounts === null || Array.isArray(accounts)) {
    throw new EncodingError(file, 'must be a JSON object, patient id → account');
  }
  const network = await findNetwork(flags);
  return Object.entries(accounts).map(([patient, given]) => {
    if (nameFault(patient) !== null) {
      throw new EncodingError(file, `${JSON.stringify(patient)} is not a patient's id as rows have it`);
    }
    const texts: unknown[] = Array.isArray(given) ? given : [given];
    if (texts.length === 0 || texts.some((account) => typeof account !== 'string')) {
      throw new EncodingError(file, `the account of patient ${patient} must be a text, or a list of texts`);
    }
    return [patient, texts.map((text) => toHex(accountIn(text as string, patient, file, network)))];
  });
}

function accountIn(text: string, patient: string, file: string, network: FoundNetwork | undefined): Uint8Array {
  try {
    const account = readAccount(text);
    return account instanceof Named ? bytesOf(account, network) : account;
  } catch (error) {
    throw new EncodingError(file, `the account of patient ${patient}: ${(error as Error).message}`);
  }
}

/** Ids of patients, one a line; empty lines are none. */
export async function readPatients(file: string): Promise<string[]> {
  const lines = (await readTextFile(file)).split(/\r?\n/);
  for (const [i, line] of lines.entries()) {
    const fault = line === '' ? null : nameFault(line);
    if (fault !== null) throw new EncodingError(file, `line ${i + 1} is no patient's id as rows have it: it ${fault}`);
  }
  return lines.filter((line) => line !== '');
}
