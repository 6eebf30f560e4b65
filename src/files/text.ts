// Bytes that are text which people made: UTF-8, with or without a byte order mark, or UTF-16 with one (as Windows writes it).
// Any other byte is refused, never replaced: two different passwords would become the same one. Runs in browsers too.
import { EncodingError } from '../errors.ts';

/** The text that the bytes are. `file` names them in the EncodingError, which says where a fault is without quoting it. */
export function textOf(bytes: Uint8Array, file: string): string {
  const { encoding, mark } = encodingOf(bytes);
  const content = bytes.subarray(mark);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    const name = encoding.toUpperCase();
    if (encoding !== 'utf-8') throw new EncodingError(file, `is not valid ${name}, as its byte order mark says it is`);
    throw new EncodingError(file, `is not valid ${name} in line ${faultyLine(content)}; ${conversion('WINDOWS-1252')}`);
  }
  // ASCII in UTF-16 without a mark is valid UTF-8, with a zero byte beside each letter.
  if (text.includes('\0')) {
    throw new EncodingError(file, `has zero bytes, like UTF-16 without a byte order mark; ${conversion('UTF-16LE')}`);
  }
  return text;
}

const conversion = (from: string) => `convert it, for example: iconv -f ${from} -t UTF-8 FILE > NEWFILE`;

function encodingOf([a, b, c]: Uint8Array): { encoding: 'utf-8' | 'utf-16le' | 'utf-16be'; mark: number } {
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', mark: 2 };
  return { encoding: 'utf-8', mark: 0 };
}

/** Number, from 1, of the first line that is not UTF-8. No character has a byte of a line feed in it. */
function faultyLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  for (let start = 0; ; line++) {
    const feed = bytes.indexOf(0x0a, start);
    try {
      decoder.decode(bytes.subarray(start, feed === -1 ? undefined : feed));
    } catch {
      return line;
    }
    if (feed === -1) return line;
    start = feed + 1;
  }
}
