// Solidity's abi.encode and EIP-712, as far as the vectors need them, from their definitions. None of MIStore's code, no
// library. Values are [type, value]: uint (BigInt or number), address and bytes32 (bytes), string, and lists of those.
import { concat, integer, keccak, text } from './keys.mjs';

const isDynamic = (type) => type === 'string' || type.endsWith('[]');
const padded = (bytes) => concat(bytes, Buffer.alloc(-bytes.length & 31));

/** Heads, then the tails of what has no fixed size. */
export function abiEncode(values) {
  const tails = [];
  let offset = 32 * values.length;
  const heads = values.map(([type, value]) => {
    if (!isDynamic(type)) return word(type, value);
    const tail = dynamic(type, value);
    tails.push(tail);
    offset += tail.length;
    return integer(offset - tail.length, 32);
  });
  return concat(...heads, ...tails);
}

function dynamic(type, value) {
  if (type === 'string') return concat(integer(text(value).length, 32), padded(text(value)));
  const element = type.slice(0, -2);
  return concat(integer(value.length, 32), abiEncode(value.map((one) => [element, one])));
}

function word(type, value) {
  if (type === 'uint') return integer(value, 32);
  if (type === 'address') return concat(Buffer.alloc(12), value);
  return Buffer.from(value);
}

/** EIP-712 digest of a struct whose encoded fields, each a word, are `fields`. */
export function typedDigest({ chainId, contract }, type, fields) {
  const domain = keccak(
    keccak(text('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)')),
    keccak(text('MIStore')),
    keccak(text('2')),
    integer(chainId, 32),
    word('address', contract),
  );
  return keccak([0x19, 0x01], domain, keccak(keccak(text(type)), abiEncode(fields)));
}

export const keyDigest = (deployment, kemKey) =>
  typedDigest(deployment, 'Key(bytes kemKey)', [['bytes32', keccak(kemKey)]]);

export const channelDigest = (deployment, to, ciphertext) =>
  typedDigest(deployment, 'Channel(address to,bytes ciphertext)', [
    ['address', to],
    ['bytes32', keccak(ciphertext)],
  ]);

export const consentDigest = (deployment, { insurer, ledgerId, patient, runsHash, deadline, salt }) =>
  typedDigest(
    deployment,
    'Consent(address insurer,bytes32 ledgerId,address patient,bytes32 runsHash,uint256 deadline,bytes32 salt)',
    [
      ['address', insurer],
      ['bytes32', ledgerId],
      ['address', patient],
      ['bytes32', runsHash],
      ['uint', deadline],
      ['bytes32', salt],
    ],
  );

export const revocationDigest = (deployment, queryId) =>
  typedDigest(deployment, 'Revocation(bytes32 queryId)', [['bytes32', queryId]]);

export const ledgerIdOf = ({ chainId, contract }, hospital, terms, salt) =>
  keccak(
    abiEncode([
      ['uint', chainId],
      ['address', contract],
      ['address', hospital],
      ['uint', terms.threshold],
      ['address[]', terms.servers],
      ['string[]', terms.lanes],
      ['uint', terms.scale],
      ['string', terms.currency],
      ['uint', terms.minRecords],
      ['string[]', terms.categories],
      ['bytes32', salt],
    ]),
  );

/** After new keys for the same seats. */
export const committeeAfter = (committee) =>
  keccak(
    abiEncode([
      ['bytes32', committee],
      ['uint', 0],
      ['address', Buffer.alloc(20)],
    ]),
  );
