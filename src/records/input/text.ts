// Bytes to text, strictly: the encoding is given, or shown by a byte order mark or by the zero bytes of UTF-16, or else
// UTF-8. A byte sequence that the encoding does not allow ends the run; it is never replaced.
import { InputError } from './errors.ts';
import { peek } from './peek.ts';

const ENCODINGS = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

export interface DecodedText {
  readonly encoding: Encoding;
  /** The text without its byte order mark, in pieces that never split a character. */
  readonly pieces: AsyncIterable<string>;
}

/** Looks at the first bytes only; the rest is read as the pieces are. */
export async function decodeText(bytes: AsyncIterable<Uint8Array>, given?: Encoding): Promise<DecodedText> {
  const { head, whole, close } = await peek(bytes, 4);
  const mark = byteOrderMark(head);
  if (mark && given && mark.encoding !== given) {
    await close();
    throw new InputError(
      'INPUT_ENCODING',
      `the byte order mark says ${mark.encoding}, but the encoding is given as ${given}`,
    );
  }
  const encoding = mark?.encoding ?? given ?? unmarkedEncoding(head);
  return { encoding, pieces: decode(whole, encoding, mark?.length ?? 0) };
}

function byteOrderMark(head: Uint8Array): { encoding: Encoding; length: number } | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', length: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', length: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', length: 2 };
  return undefined;
}

/** ASCII in UTF-16 has a zero in every second byte; a CSV starts with ASCII more often than not. */
function unmarkedEncoding(head: Uint8Array): Encoding {
  if (head.length >= 4 && head[0] !== 0 && head[1] === 0 && head[2] !== 0 && head[3] === 0) return 'utf-16le';
  if (head.length >= 4 && head[0] === 0 && head[1] !== 0 && head[2] === 0 && head[3] !== 0) return 'utf-16be';
  return 'utf-8';
}

/** `skip`: length of the byte order mark. Offsets of faults count from the first byte. */
async function* decode(chunks: AsyncIterable<Uint8Array>, encoding: Encoding, skip: number): AsyncGenerator<string> {
  const toText = decoderOf(encoding);
  let offset = 0;
  let pending: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    const start = offset === 0 ? skip : 0;
    const complete = bytes.length - unfinished(bytes, encoding);
    yield strictly(toText, bytes.subarray(start, complete), encoding, offset + start);
    offset += complete;
    pending = bytes.subarray(complete);
  }
  if (pending.length > 0) yield strictly(toText, pending, encoding, offset);
}

type ToText = (bytes: Uint8Array) => string;

function decoderOf(encoding: Encoding): ToText {
  if (encoding === 'windows-1252') return fromWindows1252;
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  return (bytes) => decoder.decode(bytes);
}

// Bytes 0x80 to 0x9f; a space stands for the five that mean nothing. (Node 20's own decoder takes these bytes for ISO 8859-1.)
const WINDOWS_1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

function fromWindows1252(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return text.replace(/[\x80-\x9f]/g, (c) => {
    const mapped = WINDOWS_1252[c.charCodeAt(0) - 0x80]!;
    if (mapped === ' ') throw new RangeError('unassigned byte');
    return mapped;
  });
}

function strictly(toText: ToText, bytes: Uint8Array, encoding: Encoding, offset: number): string {
  try {
    return toText(bytes);
  } catch (cause) {
    const at = offset + firstFault(toText, bytes, encoding);
    const message = `byte ${at} of the text is not valid ${encoding}; give the file's encoding (${ENCODINGS.join(', ')})`;
    throw new InputError('INPUT_ENCODING', message, { offset: at, encoding }, { cause });
  }
}

/** Length of the character that is cut off at the end of `bytes`, 0 to 3. */
function unfinished(bytes: Uint8Array, encoding: Encoding): number {
  const { length } = bytes;
  if (encoding === 'windows-1252') return 0;
  if (encoding === 'utf-8') {
    for (let back = 1; back <= Math.min(3, length); back++) {
      const byte = bytes[length - back]!;
      if (byte < 0x80) return 0;
      if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
    }
    return 0;
  }
  const odd = length % 2;
  const high = bytes[length - odd - (encoding === 'utf-16le' ? 1 : 2)];
  return odd + (high !== undefined && high >= 0xd8 && high <= 0xdb ? 2 : 0);
}

/** Where the first faulty character begins: the longest prefix that could still become valid, by bisection. */
function firstFault(toText: ToText, bytes: Uint8Array, encoding: Encoding): number {
  let valid = 0;
  let faulty = bytes.length + 1;
  while (faulty - valid > 1) {
    const middle = (valid + faulty) >> 1;
    try {
      const prefix = bytes.subarray(0, middle);
      toText(prefix.subarray(0, middle - unfinished(prefix, encoding)));
      valid = middle;
    } catch {
      faulty = middle;
    }
  }
  return valid - unfinished(bytes.subarray(0, valid), encoding);
}
