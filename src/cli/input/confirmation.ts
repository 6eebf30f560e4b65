// A question that a person must answer before something happens that cannot be undone.
import { createInterface } from 'node:readline/promises';
import { MIStoreError } from '../../errors.ts';
import { visible } from '../text/visible.ts';

/**
 * Asks on standard error whether to go on; `yes`: it was said on the command line. Throws NOT_CONFIRMED for any answer but y
 * or yes, and where nobody can be asked, with `otherwise`: what has not happened then.
 */
export async function confirm(question: string, yes: boolean, otherwise = 'nothing was sent'): Promise<void> {
  if (yes) return;
  if (!process.stdin.isTTY) {
    const message = `this must be confirmed: give --yes, or run at a terminal; ${otherwise}`;
    throw new MIStoreError('NOT_CONFIRMED', message);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answered = new Promise<string>((resolve) => {
    terminal.on('close', () => resolve('')); // Ctrl-C or Ctrl-D
    terminal.question(`${visible(question)} [y/N] `).then(resolve, () => resolve(''));
  });
  const answer = await answered;
  terminal.close();
  if (/^y(es)?$/i.test(answer.trim())) return;
  throw new MIStoreError('NOT_CONFIRMED', `not confirmed; ${otherwise}`);
}
