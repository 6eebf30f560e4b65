// A password from the program that keeps it: what MISTORE_PASSWORD_COMMAND prints, as in "pass show mistore/server1" or
// "systemd-creds cat server1". The command line and its output are never shown.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { MIStoreError } from '../../errors.ts';
import { textOf } from '../../files/text.ts';

export const COMMAND_VARIABLE = 'MISTORE_PASSWORD_COMMAND';
const MAX_BYTES = 65_536;

/**
 * Runs the command line in the shell, with standard error passed through, and gives its standard output, without one line
 * end at its end. Throws PASSWORD_COMMAND if it fails or prints nothing; EncodingError for bytes that are not text.
 */
export async function passwordFrom(commandLine: string): Promise<string> {
  // At a terminal it may ask; elsewhere standard input belongs to this program, which may read a CSV from it.
  const child = spawn(commandLine, {
    shell: true,
    stdio: [process.stdin.isTTY ? 'inherit' : 'ignore', 'pipe', 'inherit'],
  });
  const chunks: Uint8Array[] = [];
  let length = 0;
  child.stdout!.on('data', (chunk: Uint8Array) => {
    length += chunk.length;
    chunks.push(chunk);
    if (length > MAX_BYTES) child.stdout!.destroy(); // What goes on printing is ended by that.
  });
  const [code, signal] = await once(child, 'close');
  const refuse = (what: string): never => {
    throw new MIStoreError(
      'PASSWORD_COMMAND',
      `${COMMAND_VARIABLE} ${what}; it must print the password and end with status 0`,
    );
  };
  if (length > MAX_BYTES) refuse(`printed more than ${MAX_BYTES} bytes`);
  if (code !== 0) refuse(code === null ? `was ended by ${signal}` : `ended with status ${code}`);
  const password = textOf(Buffer.concat(chunks), `the output of ${COMMAND_VARIABLE}`).replace(/\r?\n$/, '');
  if (password === '') refuse('printed nothing');
  return password;
}
