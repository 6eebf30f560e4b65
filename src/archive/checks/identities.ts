// Keys and channels in an archive: each must have the hash that the contract stores, and those that the ledger's servers
// work with must bear their owner's signature. The contract takes any bytes for a signature, so anybody can publish
// others without one; roles pass over those, and here they are counted. Each check returns in words what is wrong, or null.
import { equalBytes, type Hex, toHex } from '../../bytes.ts';
import { isChannelOf, isKeyOf } from '../../contract/signing.ts';
import type { EventArguments } from '../../contract/types.ts';
import type { Deployment } from '../../identity/channel.ts';
import { keccak256 } from '../../keccak.ts';

export class ArchivedIdentities {
  /** Keys and channels without their owner's signature. */
  unsigned = 0;
  readonly #deployment: Deployment;
  /** Whether each account's key is signed. */
  readonly #keys = new Map<Hex, boolean>();
  /** Whether each channel is signed, by sender and recipient. */
  readonly #channels = new Map<string, boolean>();

  constructor(deployment: Deployment) {
    this.#deployment = deployment;
  }

  /** `stored`: hash that the contract stores of the account's key; zeros if none. */
  addKey({ account, kemKey, signature }: EventArguments['Registered'], stored: Uint8Array): string | null {
    if (!equalBytes(keccak256(kemKey), stored)) return 'the contract has the hash of another key';
    if (this.#keys.has(toHex(account))) return 'it is registered twice';
    this.#keys.set(toHex(account), this.#counted(isKeyOf(account, this.#deployment, kemKey, signature)));
    return null;
  }

  /** `stored`: hash that the contract stores of the channel's ciphertext; zeros if none. */
  addChannel({ from, to, ciphertext, signature }: EventArguments['ChannelOpened'], stored: Uint8Array): string | null {
    if (!equalBytes(keccak256(ciphertext), stored))
      return 'the contract has the hash of another ciphertext, or of none';
    if (this.hasChannel(from, to)) return 'it is opened twice';
    const isSigned = isChannelOf(from, this.#deployment, to, ciphertext, signature);
    this.#channels.set(channelKey(from, to), this.#counted(isSigned));
    return null;
  }

  hasChannel(from: Uint8Array, to: Uint8Array): boolean {
    return this.#channels.has(channelKey(from, to));
  }

  /** What a server lacks that the contract required before it was given its seat and, if it has joined, before that. */
  lacking(hospital: Uint8Array, server: Uint8Array, hasJoined: boolean): string | null {
    const key = this.#keys.get(toHex(server));
    if (key === undefined) return `the key of ${toHex(server)} is missing`;
    if (!hasJoined) return null;
    if (!key) return `the key of ${toHex(server)} is not signed by it`;
    const channel = this.#channels.get(channelKey(hospital, server));
    if (channel) return null;
    return `the hospital's channel to ${toHex(server)} is ${channel === undefined ? 'missing' : 'not signed by the hospital'}`;
  }

  #counted(isSigned: boolean): boolean {
    if (!isSigned) this.unsigned++;
    return isSigned;
  }
}

const channelKey = (from: Uint8Array, to: Uint8Array): string => toHex(from) + toHex(to);
