// A real contract wallet on a test's chain: contracts/test/support/Wallet.sol, compiled here, for it is in no build.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { AbiCoder, keccak256 } from 'ethers';
import { concat, fromHex, type Hex, utf8 } from '../../../src/bytes.ts';
import type { Sender } from '../../../src/chain/types.ts';

const ROOT = new URL('../../../', import.meta.url);
const FILE = 'contracts/test/support/Wallet.sol';
const solc = createRequire(import.meta.url)('solc');

function bytecode(): Uint8Array {
  const read = (path: string) =>
    readFileSync(new URL(path.startsWith('@') ? `node_modules/${path}` : path, ROOT), 'utf8');
  const input = {
    language: 'Solidity',
    sources: { [FILE]: { content: read(FILE) } },
    settings: { evmVersion: 'cancun', outputSelection: { [FILE]: { Wallet: ['evm.bytecode.object'] } } },
  };
  const output = JSON.parse(
    solc.compile(JSON.stringify(input), { import: (path: string) => ({ contents: read(path) }) }),
  );
  return fromHex(`0x${output.contracts[FILE].Wallet.evm.bytecode.object}`);
}

/** Sends from `sender`; the wallet itself has no key. */
export class ContractWallet {
  /** 20 bytes. */
  readonly address: Uint8Array;
  readonly #sender: Sender;

  private constructor(address: Uint8Array, sender: Sender) {
    this.address = address;
    this.#sender = sender;
  }

  static async deploy(sender: Sender): Promise<ContractWallet> {
    const { contractAddress } = await sender.send({ to: null, data: bytecode() });
    return new ContractWallet(contractAddress!, sender);
  }

  /** From now on the wallet takes this signature of the digest (32 bytes) for its own. */
  async allow(digest: Uint8Array, signature: Uint8Array): Promise<void> {
    const selector = keccak256(utf8('allow(bytes32,bytes)')).slice(0, 10) as Hex;
    const args = AbiCoder.defaultAbiCoder().encode(['bytes32', 'bytes'], [digest, signature]) as Hex;
    await this.#sender.send({ to: this.address, data: concat(fromHex(selector), fromHex(args)) });
  }
}
