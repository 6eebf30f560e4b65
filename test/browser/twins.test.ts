// The files that stand in for Node's in browsers: package.json's field "browser" names them; each exports the same names as
// the file it replaces, and does the same.

import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import * as diskFile from '../../src/archive/disk-file.ts';
import * as blobFile from '../../src/archive/disk-file-browser.ts';
import * as http from '../../src/chain/platform/http.ts';
import * as httpBrowser from '../../src/chain/platform/http-browser.ts';
import { MAX_REPLY_BYTES } from '../../src/chain/platform/http-reply.ts';
import * as publicKey from '../../src/chain/platform/public-key.ts';
import * as publicKeyBrowser from '../../src/chain/platform/public-key-browser.ts';
import * as keyedHash from '../../src/identity/keyed-hash.ts';
import * as keyedHashBrowser from '../../src/identity/keyed-hash-browser.ts';
import * as sha256 from '../../src/sha256.ts';
import * as sha256Browser from '../../src/sha256-browser.ts';
import * as cipher from '../../src/vss/cipher.ts';
import * as cipherBrowser from '../../src/vss/cipher-browser.ts';
import * as port from '../../src/vss/port.ts';
import * as portBrowser from '../../src/vss/port-browser.ts';
import * as thread from '../../src/vss/thread.ts';
import * as threadBrowser from '../../src/vss/thread-browser.ts';
import { keyOf } from '../support/chain.ts';
import { fault } from '../support/parties.ts';
import { files, text } from '../support/sources.ts';

const TWINS: Record<string, readonly [node: object, browser: object]> = {
  'sha256.ts': [sha256, sha256Browser],
  'archive/disk-file.ts': [diskFile, blobFile],
  'identity/keyed-hash.ts': [keyedHash, keyedHashBrowser],
  'chain/platform/http.ts': [http, httpBrowser],
  'chain/platform/public-key.ts': [publicKey, publicKeyBrowser],
  'vss/cipher.ts': [cipher, cipherBrowser],
  'vss/port.ts': [port, portBrowser],
  'vss/thread.ts': [thread, threadBrowser],
};

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const some = fc.uint8Array({ maxLength: 300 });

describe('the twins', () => {
  it('are those that package.json names, beside the files that they replace', () => {
    expect(Object.keys(manifest.browser)).toEqual(Object.keys(TWINS).map((file) => `./src/${file}`));
    for (const [node, browser] of Object.entries(manifest.browser)) {
      expect(browser).toBe(node.replace(/\.ts$/, '-browser.ts'));
      expect(files).toContain(browser.slice('./src/'.length));
    }
    const all = files.filter((file) => file.endsWith('-browser.ts'));
    expect(all.length).toBe(Object.keys(TWINS).length);
  });

  it('export the same names, and use nothing of Node', () => {
    for (const [file, [node, browser]] of Object.entries(TWINS)) {
      expect(Object.keys(browser), file).toEqual(Object.keys(node));
      expect(text.get(file.replace('.ts', '-browser.ts'))).not.toMatch(/'node:|\bBuffer\b|\bprocess\b/);
    }
  });

  it('are never imported by name: bundlers put them in place', () => {
    const importing = files.filter((file) => /from '[^']*-browser\.ts'/.test(text.get(file)!));
    expect(importing).toEqual([]);
  });
});

describe('hashes and keys', () => {
  it('are the same: SHA-256 and HMAC of parts, copies of what goes on', () => {
    fc.assert(
      fc.property(bytes(32), fc.array(some, { maxLength: 4 }), some, (key, parts, more) => {
        expect(sha256Browser.sha256(...parts)).toEqual(sha256.sha256(...parts));
        expect(sha256Browser.hmacSha256(key, ...parts)).toEqual(sha256.hmacSha256(key, ...parts));
        const digests = [sha256, sha256Browser].map(({ startSha256 }) => {
          const hash = parts.reduce((all, part) => all.update(part), startSha256());
          const copy = hash.copy().update(more);
          return [copy.digest(), hash.copy().digest(), hash.update(key).digest()].map((digest) => [...digest]);
        });
        expect(digests[1]).toEqual(digests[0]);
      }),
    );
  });

  it('are the same: keyed hashes of messages, one after the other', () => {
    const [node, browser] = [new keyedHash.KeyedHash(), new keyedHashBrowser.KeyedHash()];
    const message = fc.tuple(
      bytes(32),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.uint8Array({ maxLength: 900 }),
      fc.integer({ min: 0, max: 2 ** 32 - 1 }),
      fc.maxSafeNat(),
      fc.integer({ min: 1, max: 32 }),
    );
    fc.assert(
      fc.property(message, ([key, name, data, small, large, length]) => {
        const [expected, found] = [node, browser].map((mac) => {
          const whole = mac.key(key).start('label').text(name).bytes(data).uint32(small).uint64(large);
          return [whole.digest(length), whole.digest(32), mac.start('again').digest(32)].map((digest) => [...digest]);
        });
        expect(found).toEqual(expected);
      }),
    );
    for (const mac of [node, browser]) {
      expect(() => mac.key(new Uint8Array(31))).toThrow(/key is "\(not shown\)"; it must be 32 bytes/);
      expect(() => mac.key(new Uint8Array(32)).start('x').text('\ud800')).toThrow(/half of a surrogate pair/);
    }
  });

  it('are the same: derived keys, and streams that are read on from any block', () => {
    const blocks = fc.integer({ min: 0, max: 70 });
    fc.assert(
      fc.property(bytes(32), bytes(16), some, fc.array(blocks, { maxLength: 4 }), (secret, salt, info, lengths) => {
        const key = cipher.hkdf(secret, salt, info);
        expect(cipherBrowser.hkdf(secret, salt, info)).toEqual(key);
        // Counters that carry into the next byte, and into the upper half of their number.
        for (const block of [0, 250, 65_530, 2 ** 32 - 3, 6 * 2 ** 32]) {
          const [node, browser] = [cipher, cipherBrowser].map(({ startCipher }) => {
            const read = startCipher(key, block);
            return lengths.map((length) => [...read(new Uint8Array(16 * length))]);
          });
          expect(browser).toEqual(node);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are the same: public keys', () => {
    for (const name of ['a', 'b', 'c']) {
      const key = keyOf(name);
      expect(publicKeyBrowser.publicKeyOf(key)).toEqual(new Uint8Array(publicKey.publicKeyOf(key)));
    }
  });
});

describe('a path', () => {
  it('is refused by name in a browser', async () => {
    expect(await fault(blobFile.openDiskFile('/tmp/archive'))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('a POST', () => {
  async function served<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  const both = (url: string, timeout = 5000) =>
    [http, httpBrowser].map(({ HttpEndpoint }) => new HttpEndpoint(url, timeout));

  it('gives status, text and the time to wait, whatever the status', async () => {
    const echo: RequestListener = (request, response) => {
      const status = Number(request.headers['content-length']) % 2 ? 503 : 200;
      response.writeHead(status, { 'retry-after': '3', 'content-type': 'application/json' });
      request.pipe(response);
    };
    await served(echo, async (url) => {
      for (const text of ['{"a":"ü€"}', 'x'.repeat(300_001)]) {
        const [node, browser] = await Promise.all(both(url).map((endpoint) => endpoint.post(text)));
        expect(browser).toEqual(node);
        expect(browser).toMatchObject({ text, retryAfter: 3000 });
      }
    });
  });

  it('that nobody answers, not in time, or that is led elsewhere is a typed error without the URL', async () => {
    const nobody = await served(
      () => undefined,
      async (url) => url,
    );
    for (const endpoint of both(`${nobody}secret`)) {
      const refusal = await fault(endpoint.post('{}'));
      expect(refusal).toMatchObject({ code: 'CONNECTION_FAILED' });
      expect(refusal.message).not.toContain('secret');
    }
    await served(
      () => undefined,
      async (url) => {
        for (const endpoint of both(url, 50)) {
          expect(await fault(endpoint.post('{}'))).toMatchObject({
            message: expect.stringMatching(/nothing within 50 ms/),
          });
        }
      },
    );
    const leading: RequestListener = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    await served(leading, async (url) => {
      const [node, browser] = both(url);
      expect(await node!.post('{}')).toMatchObject({ status: 302 });
      expect(await fault(browser!.post('{}'))).toMatchObject({ code: 'CONNECTION_FAILED' });
    });
  });

  it('whose reply never ends is given up', async () => {
    const endless: RequestListener = (_, response) => {
      const chunk = Buffer.alloc(1 << 20, 32);
      const more = () => {
        while (response.write(chunk));
      };
      response.writeHead(200).on('drain', more);
      more();
    };
    await served(endless, async (url) => {
      for (const endpoint of both(url, 60_000)) {
        const refusal = await fault(endpoint.post('{}'));
        expect(refusal.message).toContain(`its reply is larger than ${MAX_REPLY_BYTES} bytes`);
      }
    });
  });
});
