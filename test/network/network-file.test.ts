// The network file: what is written is read alike, everything else is refused with field and value; the schema for editors
// says the same of it as the program.
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { addressText } from '../../src/address.ts';
import { EncodingError } from '../../src/errors.ts';
import { isName, lookUp } from '../../src/network/names.ts';
import schema from '../../src/network/network.schema.json' with { type: 'json' };
import { formatNetwork, parseNetwork } from '../../src/network/network-file.ts';

const A = `0x${'ab'.repeat(20)}`;
const B = `0x${'cd'.repeat(20)}`;
const ID = `0x${'12'.repeat(32)}`;
const WHOLE = {
  $schema: './node_modules/mistore/dist/network.schema.json',
  chainId: '31337',
  contract: A,
  codeHash: ID,
  endpoint: 'https://node.example.org/key',
  witnesses: ['https://other.example.net'],
  names: { acme: A, Größe: B },
  ledgers: { bills: ID },
};

describe('a network file', () => {
  it('is written as it was read, with checksums', () => {
    const network = parseNetwork(JSON.stringify(WHOLE), 'f');
    const text = formatNetwork(network);
    const checksummed = addressText(network.pinned!.contract);
    expect(checksummed).not.toBe(A);
    const names = { acme: checksummed, Größe: addressText(network.names.get('Größe')!) };
    expect(JSON.parse(text)).toEqual({ ...WHOLE, contract: checksummed, names });
    expect(Object.keys(JSON.parse(text))).toEqual(Object.keys(WHOLE));
    expect(parseNetwork(text, 'f')).toEqual(network);
  });

  it('may have names only, or nothing', () => {
    expect(parseNetwork('{}', 'f')).toEqual({ names: new Map(), ledgers: new Map() });
    const text = formatNetwork(parseNetwork(JSON.stringify({ names: { acme: A } }), 'f'));
    expect(parseNetwork(text, 'f').pinned).toBeUndefined();
  });
});

const longName = 'n'.repeat(41);
const without = (field: string) => Object.fromEntries(Object.entries(WHOLE).filter(([name]) => name !== field));

describe('refused with field and value:', () => {
  it.each<[string, unknown, string]>([
    ['a list', [], 'it must be an object'],
    ['a text', 'x', 'it must be an object'],
    ['null', null, 'it must be an object'],
    [
      'a mistyped field',
      { ...WHOLE, witneses: [] },
      '"witneses" is not a field of a network file; did you mean witnesses?',
    ],
    ['another field', { ...WHOLE, password: 'x' }, '"password" is not a field of a network file'],
    ['a chain id as a number', { ...WHOLE, chainId: 1 }, 'chainId is 1; it must be a decimal number in quotes'],
    ['a chain id in hex', { ...WHOLE, chainId: '0x1' }, 'chainId is "0x1"; it must be a decimal number in quotes'],
    [
      'no chain id',
      without('chainId'),
      'chainId, contract and codeHash go together; it has only contract and codeHash',
    ],
    [
      'no code hash',
      without('codeHash'),
      'chainId, contract and codeHash go together; it has only chainId and contract',
    ],
    ['a short contract', { ...WHOLE, contract: '0xab' }, 'contract is "0xab"; it must be an address'],
    ['a contract that is null', { ...WHOLE, contract: null }, 'contract is null; it must be an address'],
    ['a short hash', { ...WHOLE, codeHash: '0x12' }, 'codeHash is "0x12"; it must be 0x and 64 hex digits'],
    ['a name for text', { ...WHOLE, names: { acme: 'acme' } }, 'names.acme is "acme"; it must be an address'],
    ['a name for a number', { ...WHOLE, names: { acme: 1 } }, 'names.acme is 1; it must be an address'],
    ['names in a list', { ...WHOLE, names: [A] }, 'names must be an object'],
    ['a name with a space', { ...WHOLE, names: { 'a b': A } }, '"a b" in names is not a name: it must be 1 to 40'],
    ['a name that is too long', { ...WHOLE, names: { [longName]: A } }, 'is not a name'],
    ['a name like an address', { ...WHOLE, names: { '0xab': A } }, '"0xab" in names is not a name'],
    ['a name like an option', { ...WHOLE, names: { '-a': A } }, '"-a" in names is not a name'],
    ['an empty name', { ...WHOLE, names: { '': A } }, '"" in names is not a name'],
    ['a ledger that is an address', { ...WHOLE, ledgers: { bills: A } }, 'ledgers.bills is "0xabab'],
    ['an endpoint in a list', { ...WHOLE, endpoint: ['secret'] }, 'endpoint must be a URL'],
    ['a witness alone', { ...WHOLE, witnesses: 'secret' }, 'witnesses must be a list of URLs'],
    ['a schema that is a number', { ...WHOLE, $schema: 1 }, '$schema must be a text'],
  ])('%s', (_, file, message) => {
    const text = JSON.stringify(file);
    expect(() => parseNetwork(text, 'my.json')).toThrow(EncodingError);
    expect(() => parseNetwork(text, 'my.json')).toThrow(/^my\.json: /);
    expect(() => parseNetwork(text, 'my.json')).toThrow(message);
    expect(() => parseNetwork(text, 'my.json')).not.toThrow(/secret/);
    expect(isValid(JSON.parse(text))).toBe(false);
  });

  // What a schema cannot say.
  it('an account or ledger with two names, and a wrong checksum', () => {
    const twice = { names: { acme: A, umbrella: A.toUpperCase().replace('X', 'x') } };
    expect(() => parseNetwork(JSON.stringify(twice), 'f')).toThrow(
      'f: names.acme and names.umbrella are the same; give it one name',
    );
    expect(() => parseNetwork(JSON.stringify({ ledgers: { a: ID, b: ID } }), 'f')).toThrow('ledgers.a and ledgers.b');
    const mixed = `${A.slice(0, -1)}B`;
    expect(() => parseNetwork(JSON.stringify({ names: { acme: mixed } }), 'f')).toThrow('names.acme is "0xabab');
    expect(() => parseNetwork('{"names":{"a":"x","\\u0061":"y"}}', 'f')).toThrow('stands twice in one object');
    expect(() => parseNetwork(JSON.stringify({ names: { 'e\u0301': A } }), 'f')).toThrow('is not a name');
  });
});

const isValid = new Ajv().compile(schema);

it('the schema takes what the program takes', () => {
  for (const file of [WHOLE, {}, { names: { acme: A } }, { ledgers: { 'a.b-c_1': ID } }, { endpoint: 'x' }]) {
    expect(isValid(file), JSON.stringify(isValid.errors)).toBe(true);
    parseNetwork(JSON.stringify(file), 'f');
  }
});

describe('a name', () => {
  it.each(['a', '1', 'acme', 'St.-Anna_2', 'größe', '診療所', 'क्लिनिक', 'n'.repeat(40), 'x0x'])('may be %s', (name) => {
    expect(isName(name)).toBe(true);
  });
  it.each([
    '',
    ' ',
    'a b',
    'a,b',
    '-a',
    '.a',
    '_a',
    '0x',
    '0Xab',
    'a/b',
    'a\n',
    'a=b',
    longName,
    'e\u0301',
    '🙂',
    '\u200ba',
  ])('cannot be %j', (name) => {
    expect(isName(name)).toBe(false);
  });

  it('that is not known is refused with those that are', () => {
    const known = new Map([...'abcdefghijklmnopqrstuvwxyz'].map((letter) => [`server-${letter}`, new Uint8Array(20)]));
    expect(lookUp('account', 'server-a', known, 'f')).toEqual(new Uint8Array(20));
    expect(() => lookUp('account', 'server-9', known, 'f')).toThrow(
      /^f has no account of the name "server-9"; did you mean server-a\? It names server-a, .*server-t and 6 more$/,
    );
    expect(() => lookUp('ledger', 'bills', new Map(), 'f')).toThrow(
      'no ledger of the name "bills". It names no ledger yet',
    );
    for (const name of ['constructor', 'toString'])
      expect(() => lookUp('account', name, known, 'f')).toThrow(`no account of the name "${name}"`);
  });
});
