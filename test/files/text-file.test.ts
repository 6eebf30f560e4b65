// Text of people's files: UTF-8 and UTF-16 as editors and shells write them come out the same; whatever is none of them
// is refused without being quoted, and no two files with different characters come out the same.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { EncodingError } from '../../src/errors.ts';
import { textOf } from '../../src/files/text.ts';
import { readTextFile } from '../../src/files/text-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'mistore-text-'));
afterAll(() => rm(folder, { recursive: true }));

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const bytes = (...parts: (number | Buffer)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)));

/** Every way in which a file may hold the text. */
const forms: [string, (text: string) => Buffer][] = [
  ['UTF-8', utf8],
  ['UTF-8 with a mark', (text) => bytes(0xef, 0xbb, 0xbf, utf8(text))],
  ['UTF-16LE with a mark', (text) => bytes(0xff, 0xfe, utf16(text))],
  ['UTF-16BE with a mark', (text) => bytes(0xfe, 0xff, utf16(text).swap16())],
];

describe.each(forms)('%s', (_, encode) => {
  it('is read character by character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        fc.pre(!/\p{Cs}|\0|^\ufeff/u.test(text));
        expect(textOf(encode(text), 'f')).toBe(text);
      }),
    );
  });

  it('keeps what only looks like a mark or a line end, and U+FFFD that was written', () => {
    for (const text of ['', 'a\ufeff', 'a\r\n', '\u{1f600}\ufffd', 'pässwörd 密码']) {
      expect(textOf(encode(text), 'f')).toBe(text);
    }
  });
});

describe('is refused, and not quoted:', () => {
  it.each([
    ['WINDOWS-1252', bytes(utf8('secret\nsecr'), 0xe4, utf8('t')), /^f: is not valid UTF-8 in line 2; convert it/],
    ['one byte', bytes(0x80), /in line 1; .*iconv -f WINDOWS-1252 -t UTF-8/],
    ['a character cut off at the end', utf8('secret ä').subarray(0, -1), /not valid UTF-8 in line 1/],
    ['an overlong form', bytes(0xc0, 0x80), /not valid UTF-8/],
    ['half a pair in UTF-8', bytes(0xed, 0xa0, 0x80), /not valid UTF-8/],
    ['half a pair in UTF-16', bytes(0xff, 0xfe, 0x00, 0xd8), /not valid UTF-16LE/],
    ['half a character of UTF-16', bytes(0xfe, 0xff, 0x00, 0x61, 0x00), /not valid UTF-16BE/],
    ['UTF-16 without a mark', utf16('secret'), /has zero bytes.*iconv -f UTF-16LE -t UTF-8/],
    ['UTF-32', bytes(0xff, 0xfe, 0, 0, 0x61, 0, 0, 0), /has zero bytes/],
    ['gzip', bytes(0x1f, 0x8b, 8, 0, 0, 0), /not valid UTF-8/],
  ] as const)('%s', (_, content, message) => {
    expect(() => textOf(content, 'f')).toThrow(EncodingError);
    expect(() => textOf(content, 'f')).toThrow(message);
    expect(() => textOf(content, 'f')).not.toThrow(/secr/);
  });

  it('so a text has one file for each form, and no other', () => {
    const start = fc.constantFrom([], [0xef, 0xbb, 0xbf], [0xff, 0xfe], [0xfe, 0xff], [0xc3], [0xe2, 0x82]);
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 4 }), (head, tail) => {
        const content = Buffer.from([...head, ...tail]);
        let text: string | undefined;
        try {
          text = textOf(content, 'f');
        } catch (error) {
          expect(error).toBeInstanceOf(EncodingError);
        }
        const back = text === undefined ? [content] : forms.map(([, encode]) => encode(text));
        expect(back.some((form) => form.equals(content))).toBe(true);
      }),
    );
  });
});

describe('a file', () => {
  it('is read whole; what cannot be read is named', async () => {
    const path = join(folder, 'long.txt');
    const text = 'äöü\n'.repeat(100_000);
    await writeFile(path, text);
    expect(await readTextFile(path)).toBe(text);
    await expect(readTextFile(join(folder, 'none'))).rejects.toMatchObject({
      code: 'ENOENT',
      path: join(folder, 'none'),
    });
    await expect(readTextFile(folder)).rejects.toMatchObject({ code: 'EISDIR', path: folder });
    await expect(readTextFile('/dev/zero')).rejects.toThrow('/dev/zero: is longer than 256 MiB');
  });

  it('may be a pipe', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    spawn('sh', ['-c', `printf 'one\\n' > "$0"`, path]);
    expect(await readTextFile(path)).toBe('one\n');
  });
});
