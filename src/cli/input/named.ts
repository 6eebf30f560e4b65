// Names in place of addresses and ledgers' ids, on the command line and in files: an option's reader leaves the name, and
// before a command runs the network file says what it stands for.
import { parseAddress } from '../../address.ts';
import { fromHex } from '../../bytes.ts';
import { MIStoreError } from '../../errors.ts';
import { isName, lookUp, NAME_RULE, type NamedKind } from '../../network/names.ts';
import { type FoundNetwork, NETWORK_FILE } from '../../network/network-file.ts';

/** What a name stands for is not known yet. */
export class Named {
  readonly kind: NamedKind;
  readonly name: string;

  constructor(kind: NamedKind, name: string) {
    this.kind = kind;
    this.name = name;
  }
}

/** An address, or the name of an account. Throws an Error in words for what is neither. */
export function readAccount(text: string): Uint8Array | Named {
  if (/^0x/i.test(text)) return parseAddress(text);
  if (isName(text)) return new Named('account', text);
  throw new Error(`It must be an address, 0x and 40 hex digits, or a name, ${NAME_RULE}.`);
}

/** A ledger's id, or its name. Throws an Error in words for what is neither. */
export function readLedger(text: string): Uint8Array | Named {
  return isName(text) ? new Named('ledger', text) : readLedgerId(text);
}

/** A ledger's id. Throws an Error in words. */
export function readLedgerId(text: string): Uint8Array {
  if (/^0x[0-9a-fA-F]{64}$/.test(text)) return fromHex(text.toLowerCase());
  throw new Error("A ledger's id is 0x and 64 hex digits, from 'mistore ledger open'.");
}

/** The name itself, for an option that gives one. */
export function readName(text: string): string {
  if (isName(text)) return text;
  throw new Error(`A name is ${NAME_RULE}.`);
}

/** The value of an option or argument, also where it is a list, with bytes for names. Throws NO_NETWORK_FILE, UNKNOWN_NAME. */
export function resolved(value: unknown, found: FoundNetwork | undefined): unknown {
  if (Array.isArray(value)) return value.map((one) => resolved(one, found));
  return value instanceof Named ? bytesOf(value, found) : value;
}

/** What the name stands for. */
export function bytesOf({ kind, name }: Named, found: FoundNetwork | undefined): Uint8Array {
  if (found === undefined) {
    const form = kind === 'account' ? 'An address is 0x and 40 hex digits' : "A ledger's id is 0x and 64 hex digits";
    const message = `${JSON.stringify(name)} is a name, and no network file says what it stands for (${NETWORK_FILE} here or above, or --network FILE). ${form}`;
    throw new MIStoreError('NO_NETWORK_FILE', message, { kind, name });
  }
  const { path, network } = found;
  return lookUp(kind, name, kind === 'account' ? network.names : network.ledgers, path);
}
