// Series (docs/protocol.md, "Series and tags"): a patient's records of one category, in the order in which they are stored. From the
// patient's viewing key come the series' ids and the salts that make tags, so that a tag tells nothing to anyone else.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, fromBigInt, utf8 } from '../bytes.ts';
import { ArgumentError, checkInteger } from '../errors.ts';
import { keccak256 } from '../keccak.ts';
import { MAX_POSITION, SERIES_ID_BYTES } from '../query/runs.ts';

export const TAG_BYTES = 20;
export const SALT_BYTES = 16;
const LABEL = 'MIStore/v2/';

/** Opens the tags of one patient, at one hospital: HMAC(dealing key; "view" ‖ patient id), 32 bytes. SECRET. */
export function viewingKey(dealingKey: Uint8Array, patient: string): Uint8Array {
  if (dealingKey.length !== 32) throw new ArgumentError('dealing key', '(not shown)', '32 bytes');
  if (patient === '') throw new ArgumentError('patient', patient, 'a non-empty text');
  return mac(dealingKey, 'view', utf8(patient));
}

/** The series of one account's records of one category in one ledger. */
export interface SeriesPlace {
  /** 32 bytes. */
  ledgerId: Uint8Array;
  /** The patient's account, 20 bytes: a new account begins new series. */
  account: Uint8Array;
  /** As the ledger's terms name it; '' for the default one. */
  category: string;
}

/** 8 bytes. */
export function seriesId(viewingKey: Uint8Array, { ledgerId, account, category }: SeriesPlace): Uint8Array {
  checkLengths({ 'viewing key': viewingKey, 'ledger id': ledgerId }, 32);
  checkLengths({ account }, 20);
  return mac(viewingKey, 'series', ledgerId, account, utf8(category)).slice(0, SERIES_ID_BYTES);
}

/** 16 bytes for each position of a series. */
export function saltOf(viewingKey: Uint8Array, ledgerId: Uint8Array, series: Uint8Array, position: number): Uint8Array {
  checkLengths({ 'viewing key': viewingKey, 'ledger id': ledgerId }, 32);
  checkLengths({ 'series id': series }, SERIES_ID_BYTES);
  return mac(viewingKey, 'salt', ledgerId, series, positionBytes(position)).slice(0, SALT_BYTES);
}

/** First 20 bytes of keccak256(account (20) ‖ series id (8) ‖ uint32 position ‖ salt (16)). */
export function tagOf(account: Uint8Array, series: Uint8Array, position: number, salt: Uint8Array): Uint8Array {
  checkLengths({ account }, 20);
  checkLengths({ 'series id': series }, SERIES_ID_BYTES);
  checkLengths({ salt }, SALT_BYTES);
  return keccak256(account, series, positionBytes(position), salt).slice(0, TAG_BYTES);
}

function positionBytes(position: number): Uint8Array {
  checkInteger('position', position, 1, MAX_POSITION);
  return fromBigInt(BigInt(position), 4);
}

const mac = (key: Uint8Array, label: string, ...parts: Uint8Array[]): Uint8Array =>
  hmac(sha256, key, concat(utf8(LABEL + label), ...parts));

function checkLengths(named: Record<string, Uint8Array>, length: number): void {
  for (const [name, bytes] of Object.entries(named)) {
    if (bytes.length !== length) throw new ArgumentError(name, `${bytes.length} bytes`, `${length} bytes`);
  }
}
