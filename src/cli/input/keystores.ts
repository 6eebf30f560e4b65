// Keystores that a command line names, as they are before their passwords are known: that they are there and are
// keystores, and of which role, is checked before anybody is asked for a password.
import { MIStoreError } from '../../errors.ts';
import type { ClosedKeystore } from '../../identity/keystore.ts';
import type { Role } from './roles.ts';

/** By file, which may be a pipe: several parts of a command need it. */
const read = new Map<string, Promise<ClosedKeystore>>();

/** Throws KeystoreError, EncodingError. */
export async function keystoreAt(file: string): Promise<ClosedKeystore> {
  const { loadKeystore } = await import('../../identity/keystore.ts');
  const keystore = read.get(file) ?? loadKeystore(file);
  read.set(file, keystore);
  return keystore;
}

/** Throws WRONG_ROLE unless the keystore is of one of the roles; also what keystoreAt() throws. */
export async function checkRole(file: string, roles: readonly Role[] | 'any'): Promise<void> {
  const { role } = await keystoreAt(file);
  if (roles === 'any' || (roles as readonly string[]).includes(role)) return;
  const message = `${file} is a keystore of role ${JSON.stringify(role)}; this command acts for role ${roles.join(' or ')}: give that role's keystore ('mistore keygen --role ${roles[0]}' makes one)`;
  throw new MIStoreError('WRONG_ROLE', message, { file, role, allowed: roles });
}
