// Addresses of Ethereum accounts and contracts: as 20 bytes, and as text with the checksum of EIP-55.
import { fromHex, toHex, utf8 } from './bytes.ts';
import { ArgumentError } from './errors.ts';
import { keccak256 } from './keccak.ts';

const ADDRESS_BYTES = 20;

/** Address with the checksum of EIP-55: a letter is upper-case where the digit of the hash of the text is 8 or more. */
export function addressText(address: Uint8Array): string {
  const digits = toHex(checkAddress('address', address)).slice(2);
  const hash = toHex(keccak256(utf8(digits))).slice(2);
  return `0x${digits.replace(/[a-f]/g, (letter, at: number) => (hash[at]! >= '8' ? letter.toUpperCase() : letter))}`;
}

/** Address from text: 0x and 40 hex digits; if they are of mixed case, with a valid EIP-55 checksum. */
export function parseAddress(text: string, argument = 'address'): Uint8Array {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new ArgumentError(argument, text, 'an address: 0x and 40 hex digits');
  const address = fromHex(text, argument);
  if (/[a-f]/.test(text) && /[A-F]/.test(text) && addressText(address) !== text) {
    throw new ArgumentError(argument, text, 'an address with a valid checksum: is a character mistyped?');
  }
  return address;
}

export function checkAddress(argument: string, address: Uint8Array): Uint8Array {
  if (address.length !== ADDRESS_BYTES) throw new ArgumentError(argument, address, `${ADDRESS_BYTES} bytes`);
  return address;
}
