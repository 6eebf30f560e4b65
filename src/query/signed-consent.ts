// The file that a patient gives to an insurer, in JSON: the consent, the ids of its records, the patient's signature.
import { type Hex, toHex } from '../bytes.ts';
import { EncodingError } from '../errors.ts';
import { parseJson } from '../files/json.ts';
import { type Consent, checkRecordIds, recordsHash } from './consent.ts';

export const CONSENT_FORMAT = 'mistore-consent/1';

export interface SignedConsent {
  consent: Consent;
  /** Strictly ascending. */
  recordIds: number[];
  /** EIP-712 signature, or what the patient's contract wallet accepts (EIP-1271). */
  signature: Hex;
}

export function formatSignedConsent({ consent, recordIds, signature }: SignedConsent): string {
  const { ledgerId, deadline, ...texts } = consent;
  const written = { ...texts, ledgerId: ledgerId.toString(), deadline: deadline.toString() };
  return `${JSON.stringify({ format: CONSENT_FORMAT, consent: written, recordIds, signature }, null, 1)}\n`;
}

/** Reads such a file. Throws an EncodingError, also if the record ids are not those of the consent. */
export function parseSignedConsent(json: string): SignedConsent {
  const file = parseJson(json, 'consent') as Record<string, unknown> & { consent?: Record<string, unknown> };
  const consent = file?.consent ?? {};
  const require = (ok: unknown, field: string, expected: string) => {
    if (!ok) throw new EncodingError('consent', `${field} must be ${expected}`);
  };
  const hex = (value: unknown, field: string, bytes?: number): Hex => {
    require(typeof value === 'string' &&
      /^0x([0-9a-fA-F]{2})*$/.test(value) &&
      (bytes === undefined || value.length === 2 + 2 * bytes), field, bytes === undefined
      ? '0x-hex'
      : `0x-hex of ${bytes} bytes`);
    return (value as string).toLowerCase() as Hex;
  };
  const integer = (value: unknown, field: string): bigint => {
    const written = typeof value === 'string' && /^\d{1,78}$/.test(value) ? BigInt(value) : -1n;
    require(written >= 0n && written < 2n ** 256n, field, 'a decimal integer below 2^256, in quotes');
    return written;
  };
  require(file?.format === CONSENT_FORMAT, 'format', `"${CONSENT_FORMAT}"`);
  const recordIds = readRecordIds(file.recordIds);
  const parsed: Consent = {
    insurer: hex(consent.insurer, 'insurer', 20),
    ledgerId: integer(consent.ledgerId, 'ledgerId'),
    patient: hex(consent.patient, 'patient', 20),
    recordsHash: hex(consent.recordsHash, 'recordsHash', 32),
    deadline: integer(consent.deadline, 'deadline'),
    salt: hex(consent.salt, 'salt', 32),
  };
  require(toHex(recordsHash(recordIds)) === parsed.recordsHash, 'recordsHash', 'the hash of the record ids');
  return { consent: parsed, recordIds, signature: hex(file.signature, 'signature') };
}

function readRecordIds(value: unknown): number[] {
  if (!Array.isArray(value)) throw new EncodingError('consent', 'recordIds must be an array of record ids');
  try {
    checkRecordIds(value);
  } catch (cause) {
    throw new EncodingError('consent', (cause as Error).message);
  }
  return value;
}
