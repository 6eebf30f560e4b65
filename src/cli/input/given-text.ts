// The words and variables that the program was started with. Node reads them as UTF-8 and puts U+FFFD in place of every
// byte that is not: two patients' ids, or two passwords, would become the same one. So such bytes are refused.
import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';

/** U+FFFD, or half of a pair (as Windows may give). */
const REPLACED = /[\ufffd\p{Cs}]/u;

/** What is wrong with the program's arguments or the MISTORE_ variables; undefined if they are text. */
export function faultOfGivenText(words: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  const word = words.findIndex((one) => !isText(one));
  if (word !== -1 && !isGenuine('cmdline', () => true)) {
    return `argument ${word + 1} has bytes that are not UTF-8, which is how this program reads its arguments`;
  }
  const variable = Object.keys(env).find((name) => name.startsWith('MISTORE_') && !isText(env[name]!));
  if (variable !== undefined && !isGenuine('environ', (entry) => entry.startsWith(`${variable}=`))) {
    return `${variable} has bytes that are not UTF-8, which is how this program reads its environment`;
  }
  return undefined;
}

/** Whether nothing in it can stand for something else. */
export const isText = (given: string): boolean => !REPLACED.test(given);

/** Whether each U+FFFD was given as such. Only Linux shows the bytes; elsewhere it is taken for a replacement. */
function isGenuine(file: 'cmdline' | 'environ', which: (entry: string) => boolean): boolean {
  try {
    const entries = readFileSync(`/proc/self/${file}`, 'latin1').split('\0').filter(which);
    return entries.length > 0 && entries.every((entry) => isUtf8(Buffer.from(entry, 'latin1')));
  } catch {
    return false;
  }
}
