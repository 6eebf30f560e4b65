// A bystander who sees every transaction before it is mined: the same bytes, with the same ether, are mined first from the
// bystander's own account. What became of them is kept, so that a test can compare it.

import { toHex } from '../../../src/bytes.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { fund } from '../../../src/chain/embedded-node.ts';
import { createSender } from '../../../src/chain/sending/sender.ts';
import type { Sender, TransactionRequest } from '../../../src/chain/types.ts';
import { CONTRACT } from '../../../src/contract/abi.ts';
import { readReceipt } from '../../../src/contract/outcome.ts';
import { MIStoreError } from '../../../src/errors.ts';
import { accountKey } from '../../../src/identity/keys.ts';
import type { Site } from '../../../src/ledger/site.ts';
import { ETHER, type TestChain } from '../../support/chain.ts';

/** Enough for every call, so that a call that reverts is mined too. */
const GAS = 16_000_000n;
const SENDING = { pollInterval: 20, rebroadcastAfter: 500 };

export class Bystander {
  /** "taken" or the code of the contract's error, for each method of the contract that anyone has called. */
  readonly results = new Map<string, Set<string>>();
  readonly #chain: TestChain;
  readonly #sender: Sender;

  private constructor(chain: TestChain, sender: Sender) {
    this.#chain = chain;
    this.#sender = sender;
  }

  static async beside(chain: TestChain): Promise<Bystander> {
    return new Bystander(chain, await chain.sender('bystander'));
  }

  get address(): Uint8Array {
    return this.#sender.address;
  }

  /** The chain, on which the bystander is before everybody. */
  get chain(): TestChain {
    return { ...this.#chain, site: (seed) => this.#siteOf(seed) };
  }

  async #siteOf(seed: Uint8Array): Promise<Site> {
    const privateKey = accountKey(seed);
    await fund(this.#chain.node.url, accountOf(privateKey), 1000n * ETHER);
    const honest = await createSender({ rpc: this.#chain.rpc, privateKey, ...SENDING });
    const sender = new Proxy(honest, {
      get: (target, name) => {
        if (name === 'submit') {
          return async (request: TransactionRequest) => {
            await this.#copy(request);
            return honest.submit(request);
          };
        }
        // The sender has private fields: its methods must not see the proxy.
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const site = await this.#chain.reader();
    return { ...site, contract: site.contract.as(sender) };
  }

  async #copy({ to, data, value = 0n }: TransactionRequest): Promise<void> {
    const { name } = CONTRACT.getFunction(toHex(data.subarray(0, 4)))!;
    const request = { to, data, value, gas: GAS };
    const { settled } = await this.#sender.submit(request);
    const result = await readReceipt(this.#chain.rpc, this.address, request, settled).then(
      () => 'taken',
      (error: Error) => {
        if (!(error instanceof MIStoreError)) throw error;
        return error.code;
      },
    );
    this.results.set(name, (this.results.get(name) ?? new Set()).add(result));
  }
}

/** Names of all methods of the contract that change its state. */
export const SENDING_METHODS: string[] = [];
CONTRACT.forEachFunction(({ name, stateMutability }) => {
  if (!['view', 'pure'].includes(stateMutability)) SENDING_METHODS.push(name);
});
