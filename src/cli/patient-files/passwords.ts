// Passwords that the program makes for patients' keystores: to be read off paper and typed by people who have never seen one.
import { randomBytes } from 'node:crypto';

/** Crockford's base32: no letter that could be taken for a digit, and no u. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const GROUPS = 4;
const GROUP = 5;

/** "k3m9p-x7t2c-…": 100 random bits in four groups of five characters. SECRET. */
export function makePassword(): string {
  const characters = [...randomBytes(GROUPS * GROUP)].map((byte) => ALPHABET[byte & 31]!);
  return Array.from({ length: GROUPS }, (_, g) => characters.slice(GROUP * g, GROUP * (g + 1)).join('')).join('-');
}
