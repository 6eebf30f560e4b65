// Passwords and seeds of the CLI. A password comes from a file, from the environment or from a hidden prompt, never
// from the command line, where others could read it.
import { MIStoreError } from '../../errors.ts';
import { readTextFile } from '../../files/text-file.ts';
import { visible } from '../text/visible.ts';
import { isText } from './given-text.ts';

export const PASSWORD_VARIABLE = 'MISTORE_PASSWORD';

/** Code of the error for Ctrl-C at a question: the exit status is that of an interrupted program. */
export const INTERRUPTED = 'INTERRUPTED';

export interface SecretFlags {
  keystore?: string;
  passwordFile?: string;
}

/** From the file, without one line end at its end; else from the environment; else asked for. */
export async function readPassword({ passwordFile }: SecretFlags, question: string, confirm = false): Promise<string> {
  if (passwordFile !== undefined) return passwordIn(passwordFile);
  const given = process.env[PASSWORD_VARIABLE];
  if (given !== undefined) return given;
  if (!process.stdin.isTTY) {
    throw new MIStoreError(
      'NO_PASSWORD',
      `no password: give --password-file, set ${PASSWORD_VARIABLE}, or run at a terminal`,
    );
  }
  const first = await ask(question);
  if (!isText(first)) throw new MIStoreError('NOT_TEXT', 'what was typed is not UTF-8; set the terminal to UTF-8');
  if (confirm && first !== (await ask('The same again'))) {
    throw new MIStoreError('PASSWORDS_DIFFER', 'the two passwords differ');
  }
  return first;
}

/** By file: one may hold the password of two keystores, and be a pipe, which can be read only once. */
const passwords = new Map<string, string>();

async function passwordIn(file: string): Promise<string> {
  const known = passwords.get(file) ?? (await readTextFile(file)).replace(/\r?\n$/, '');
  passwords.set(file, known);
  return known;
}

async function ask(message: string): Promise<string> {
  const { default: password } = await import('@inquirer/password');
  try {
    return await password({ message }, { output: process.stderr });
  } catch (error) {
    if ((error as Error).name !== 'ExitPromptError') throw error;
    throw new MIStoreError(INTERRUPTED, 'interrupted at the question for a password; nothing was done');
  }
}

/** The seed in the role's keystore. */
export async function readSeed(options: SecretFlags): Promise<Uint8Array> {
  if (options.keystore === undefined) {
    throw new MIStoreError(
      'NO_KEYSTORE',
      'this command acts for a role: give its --keystore FILE (make one with "mistore keygen")',
    );
  }
  const { readKeystore } = await import('../../identity/keystore.ts');
  return (await readKeystore(options.keystore, await readPassword(options, `Password of ${visible(options.keystore)}`)))
    .seed;
}
