// Names of files that are written for many patients: safe for any id, on any file system, and different for different ids. The
// readable part is for people; which file is whose says the index beside them.
import { createHash } from 'node:crypto';

const READABLE = 40;
const DIGEST_DIGITS = 10;

/**
 * "Meier_17-3f2a9c0b1d": up to 40 of the id's ASCII letters and digits, then 40 bits of the SHA-256 of id and account (20 bytes;
 * none where a patient has one file). Without extension.
 */
export function patientFileName(patient: string, account: Uint8Array = new Uint8Array(0)): string {
  const readable = patient
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9-]+/g, '_')
    .replace(/^[-_]+|[-_]+$/g, '')
    .slice(0, READABLE);
  const digest = createHash('sha256')
    .update(patient)
    .update('\0')
    .update(account)
    .digest('hex')
    .slice(0, DIGEST_DIGITS);
  return readable === '' ? digest : `${readable}-${digest}`;
}
