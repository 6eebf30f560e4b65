// Names that a network file gives to accounts and ledgers: what a name may be, and which one is meant.
import { MIStoreError } from '../errors.ts';
import { nearest } from '../nearest.ts';

export const MAX_NAME = 40;
/** For messages: what a name must be. */
export const NAME_RULE = `1 to ${MAX_NAME} letters, digits, "-", "_" or ".", beginning with a letter or digit and not with 0x`;
/** Names that a message lists at most. */
const LISTED = 20;

/** Whether it can be a name. Names are compared exactly, so letters must be in the one form that NFC gives them. */
export function isName(text: string): boolean {
  return (
    /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]*$/u.test(text) &&
    Array.from(text).length <= MAX_NAME &&
    !/^0x/i.test(text) &&
    text === text.normalize('NFC')
  );
}

export type NamedKind = 'account' | 'ledger';

/** What a name stands for. `origin` is the file. Throws UNKNOWN_NAME, which says which names there are. */
export function lookUp(
  kind: NamedKind,
  name: string,
  known: ReadonlyMap<string, Uint8Array>,
  origin: string,
): Uint8Array {
  const found = known.get(name);
  if (found !== undefined) return found;
  const names = [...known.keys()];
  const near = nearest(name, names);
  const meant = near === undefined ? '.' : `; did you mean ${near}?`;
  const rest = names.length > LISTED ? ` and ${names.length - LISTED} more` : '';
  const has = names.length === 0 ? `It names no ${kind} yet` : `It names ${names.slice(0, LISTED).join(', ')}${rest}`;
  const message = `${origin} has no ${kind} of the name ${JSON.stringify(name)}${meant} ${has}`;
  throw new MIStoreError('UNKNOWN_NAME', message, { kind, name, file: origin });
}
