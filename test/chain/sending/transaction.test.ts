// Transactions on bytes against ethers, which shares no code with ours: the same raw bytes and hash, everywhere where
// an RLP length or a leading zero can go wrong.

import { Transaction as EthersTransaction, getAddress, Wallet } from 'ethers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressText, parseAddress } from '../../../src/address.ts';
import { toHex } from '../../../src/bytes.ts';
import { accountOf, signatureBytes, signDigest } from '../../../src/chain/account.ts';
import { encodeUnsigned, signTransaction, type Transaction } from '../../../src/chain/sending/transaction.ts';
import { ArgumentError } from '../../../src/errors.ts';
import { keyOf } from '../../support/chain.ts';
import { drawBytes } from '../../support/ledger.ts';

/** ethers' raw transaction and its hash, for the same fields and key. */
async function byEthers(transaction: Transaction, key: Uint8Array): Promise<{ raw: string; hash: string }> {
  const { gas, to, data, ...rest } = transaction;
  const fields = { ...rest, gasLimit: gas, data: toHex(data), type: 2, accessList: [] };
  const raw = await new Wallet(toHex(key)).signTransaction(to === null ? fields : { ...fields, to: addressText(to) });
  return { raw, hash: EthersTransaction.from(raw).hash! };
}

async function expectEqual(transaction: Transaction, key: Uint8Array): Promise<void> {
  const { raw, hash } = signTransaction(transaction, key);
  const expected = await byEthers(transaction, key);
  expect({ raw: toHex(raw), hash }).toEqual(expected);
  expect(toHex(encodeUnsigned(transaction))).toBe(EthersTransaction.from(expected.raw).unsignedSerialized);
}

const plain: Transaction = {
  chainId: 1n,
  nonce: 0,
  maxPriorityFeePerGas: 1n,
  maxFeePerGas: 2n,
  gas: 21_000n,
  to: new Uint8Array(20),
  value: 0n,
  data: new Uint8Array(0),
};

describe('a signed transaction equals ethers', () => {
  it.each([1, 2, 55, 56, 57, 127, 128, 255, 256, 257, 65_535, 65_536, 65_537, 130_000])(
    'with %i bytes of data',
    async (length) => {
      await expectEqual({ ...plain, data: drawBytes(`data ${length}`, length) }, keyOf('signer'));
    },
  );

  it.each([0x00, 0x01, 0x7f, 0x80, 0xff])('with the single data byte %i', async (byte) => {
    await expectEqual({ ...plain, data: Uint8Array.of(byte) }, keyOf('signer'));
  });

  it('with any fields and key', async () => {
    const wei = fc.bigInt({ min: 0n, max: 2n ** 255n });
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    const fields = fc.record({
      chainId: fc.bigInt({ min: 1n, max: 2n ** 52n }),
      nonce: fc.oneof(fc.nat(300), fc.maxSafeNat()),
      maxPriorityFeePerGas: wei,
      maxFeePerGas: wei,
      gas: fc.bigInt({ min: 0n, max: 2n ** 63n }),
      to: fc.oneof(bytes(20), fc.constant(null)),
      value: wei,
      data: fc.uint8Array({ maxLength: 300 }),
    });
    const check = async (transaction: Transaction, name: string) => {
      if (transaction.maxPriorityFeePerGas > transaction.maxFeePerGas)
        transaction.maxFeePerGas = transaction.maxPriorityFeePerGas;
      await expectEqual(transaction, keyOf(name));
    };
    await fc.assert(fc.asyncProperty(fields, fc.string(), check), { numRuns: 150 });
  });

  it('where r or s begins with zeros', async () => {
    // One signature in 128 has a leading zero byte in r or s: 600 of them have several of each.
    const seen = { r: 0, s: 0 };
    for (let nonce = 0; nonce < 600; nonce++) {
      const transaction = { ...plain, nonce };
      const { raw } = signTransaction(transaction, keyOf('signer'));
      const { r, s } = EthersTransaction.from(toHex(raw)).signature!;
      const shortened = { r: r.startsWith('0x00'), s: s.startsWith('0x00') };
      if (!shortened.r && !shortened.s) continue;
      seen.r += Number(shortened.r);
      seen.s += Number(shortened.s);
      expect(toHex(raw)).toBe((await byEthers(transaction, keyOf('signer'))).raw);
    }
    expect(seen.r).toBeGreaterThan(0);
    expect(seen.s).toBeGreaterThan(0);
  });
});

describe('accounts', () => {
  it('have the address that ethers gives, in both directions', () => {
    for (let i = 0; i < 20; i++) {
      const { address } = new Wallet(toHex(keyOf(`account ${i}`)));
      expect(addressText(accountOf(keyOf(`account ${i}`)))).toBe(address);
      expect(parseAddress(address)).toEqual(accountOf(keyOf(`account ${i}`)));
      expect(parseAddress(address.toLowerCase())).toEqual(accountOf(keyOf(`account ${i}`)));
    }
  });

  it('refuse what is no private key, and never show it', () => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const keys = [
      new Uint8Array(32),
      Buffer.from(order.toString(16), 'hex'),
      new Uint8Array(31).fill(1),
      new Uint8Array(33).fill(1),
    ];
    for (const key of keys) {
      expect(() => accountOf(key)).toThrow(ArgumentError);
      expect(() => accountOf(key)).not.toThrow(new RegExp(Buffer.from(key).toString('hex').slice(0, 20)));
    }
    const largest = Buffer.from((order - 1n).toString(16), 'hex');
    expect(addressText(accountOf(largest))).toBe(new Wallet(toHex(largest)).address);
  });

  it('are written and read as ethers does, checksum and all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 20 }), (address) => {
        const text = addressText(address);
        expect(text).toBe(getAddress(toHex(address)));
        for (const form of [text, text.toLowerCase(), `0x${text.slice(2).toUpperCase()}`]) {
          expect(parseAddress(form)).toEqual(address);
        }
      }),
    );
  });

  it('refuse a mistyped address', () => {
    const address = addressText(accountOf(keyOf('a')));
    const at = [...address].findIndex((c, i) => i > 1 && /[a-f]/.test(c));
    const mistyped = address.slice(0, at) + address[at]!.toUpperCase() + address.slice(at + 1);
    expect(() => parseAddress(mistyped, 'contract')).toThrow(/contract is .* checksum/);
    for (const text of ['', '0x', address.slice(2), `${address}00`, address.slice(0, -1), `${address.slice(0, -1)}g`]) {
      expect(() => parseAddress(text)).toThrow(/40 hex digits/);
    }
    expect(() => addressText(new Uint8Array(19))).toThrow(/19 bytes; it must be 20/);
  });

  it('sign digests as ethers does, and only digests', () => {
    for (let i = 0; i < 50; i++) {
      const digest = drawBytes(`digest ${i}`, 32);
      const wallet = new Wallet(toHex(keyOf(`${i}`)));
      expect(toHex(signatureBytes(signDigest(keyOf(`${i}`), digest)))).toBe(wallet.signingKey.sign(digest).serialized);
    }
    expect(() => signDigest(keyOf('a'), new Uint8Array(31))).toThrow(/digest is 31 bytes; it must be 32 bytes/);
  });
});
