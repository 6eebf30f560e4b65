// Files about patients that a hospital gives to the program: their accounts, and their ids alone.
import { parseAddress } from '../../address.ts';
import { type Hex, toHex } from '../../bytes.ts';
import { EncodingError } from '../../errors.ts';
import { parseJson } from '../../files/json.ts';
import { readTextFile } from '../../files/text-file.ts';
import { nameFault } from '../../records/input/names.ts';

/** Patient id → accounts, from a JSON file. An id that no row can have would leave its patient the custodial account. */
export async function readAccounts(file: string): Promise<[string, Hex[]][]> {
  const accounts = parseJson(await readTextFile(file), file);
  if (typeof accounts !== 'object' || accounts === null || Array.isArray(accounts)) {
    throw new EncodingError(file, 'must be a JSON object, patient id → account');
  }
  return Object.entries(accounts).map(([patient, given]) => {
    if (nameFault(patient) !== null) {
      throw new EncodingError(file, `${JSON.stringify(patient)} is not a patient's id as rows have it`);
    }
    const texts: unknown[] = Array.isArray(given) ? given : [given];
    if (texts.length === 0 || texts.some((account) => typeof account !== 'string')) {
      throw new EncodingError(file, `the account of patient ${patient} must be a text, or a list of texts`);
    }
    return [patient, texts.map((text) => toHex(parseAddress(text as string, `account of patient ${patient}`)))];
  });
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
