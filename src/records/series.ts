// Series (docs/protocol.md, "Series and tags"): a patient's records of one category, in the order in which they are stored. From the
// patient's viewing key come the series' ids and the salts that make tags, so that a tag tells nothing to anyone else.
import { ArgumentError, checkInteger } from '../errors.ts';
import { KeyedHash } from '../identity/keyed-hash.ts';
import { keccak256 } from '../keccak.ts';
import { MAX_POSITION, SERIES_ID_BYTES } from '../query/runs.ts';

export const TAG_BYTES = 20;
export const SALT_BYTES = 16;
/** Preimage of a tag: account ‖ series id ‖ position ‖ salt. */
const [SERIES_AT, POSITION_AT, SALT_AT, TAG_PREIMAGE_BYTES] = [20, 28, 32, 48];
const mac = new KeyedHash();

/** Opens the tags of one patient, at one hospital: HMAC(dealing key; "view" ‖ patient id), 32 bytes. SECRET. */
export function viewingKey(dealingKey: Uint8Array, patient: string): Uint8Array {
  if (dealingKey.length !== 32) throw new ArgumentError('dealing key', '(not shown)', '32 bytes');
  if (patient === '') throw new ArgumentError('patient', patient, 'a non-empty text');
  return mac.key(dealingKey).start('MIStore/v2/view').text(patient).digest(32);
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
  checkLength('viewing key', viewingKey, 32);
  checkLength('ledger id', ledgerId, 32);
  checkLength('account', account, 20);
  const message = mac.key(viewingKey).start('MIStore/v2/series').bytes(ledgerId).bytes(account).text(category);
  return message.digest(SERIES_ID_BYTES);
}

/** 16 bytes for each position of a series. */
export function saltOf(viewingKey: Uint8Array, ledgerId: Uint8Array, series: Uint8Array, position: number): Uint8Array {
  checkLength('viewing key', viewingKey, 32);
  checkLength('ledger id', ledgerId, 32);
  checkLength('series id', series, SERIES_ID_BYTES);
  checkInteger('position', position, 1, MAX_POSITION);
  const message = mac.key(viewingKey).start('MIStore/v2/salt').bytes(ledgerId).bytes(series).uint32(position);
  return message.digest(SALT_BYTES);
}

/** First 20 bytes of keccak256(account (20) ‖ series id (8) ‖ uint32 position ‖ salt (16)). */
export function tagOf(account: Uint8Array, series: Uint8Array, position: number, salt: Uint8Array): Uint8Array {
  checkLength('account', account, 20);
  checkLength('series id', series, SERIES_ID_BYTES);
  checkInteger('position', position, 1, MAX_POSITION);
  checkLength('salt', salt, SALT_BYTES);
  const preimage = new Uint8Array(TAG_PREIMAGE_BYTES);
  preimage.set(account);
  preimage.set(series, SERIES_AT);
  for (let i = 0; i < 4; i++) preimage[POSITION_AT + i] = position >>> (24 - 8 * i);
  preimage.set(salt, SALT_AT);
  return keccak256(preimage).slice(0, TAG_BYTES);
}

function checkLength(name: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length) throw new ArgumentError(name, `${bytes.length} bytes`, `${length} bytes`);
}
