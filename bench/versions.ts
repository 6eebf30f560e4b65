// The libraries that the bench compares with: by which word a case's name calls them, and which version is installed.
import { readFileSync } from 'node:fs';

/** Word in the names of cases → package. */
const PACKAGES: Readonly<Record<string, string>> = {
  'mcl-wasm': 'mcl-wasm',
  ffjavascript: 'ffjavascript',
  montgomery: 'montgomery',
  'bb.js': '@aztec/bb.js',
  noble: '@noble/curves',
  'noble keccak': '@noble/hashes',
  'hash-wasm': 'hash-wasm',
  'OpenZeppelin tree': '@openzeppelin/merkle-tree',
  'shamir-secret-sharing': 'shamir-secret-sharing',
};

// longer words first: `noble keccak` before `noble`
const WORDS = Object.keys(PACKAGES).sort((a, b) => b.length - a.length);
const ANY = new RegExp(WORDS.map((word) => word.replace('.', '\\.')).join('|'), 'g');

/** The name with the version after each library: `mcl-wasm 2.4.1 mulVec`. */
export const withVersions = (name: string): string =>
  name.replaceAll(ANY, (word) => `${word} ${version(PACKAGES[word]!)}`);

/** Package → installed version, of all. */
export const versions = (): Record<string, string> =>
  Object.fromEntries(Object.values(PACKAGES).map((name) => [name, version(name)]));

/** The words whose packages are called otherwise, for a legend. */
export const libraries = (): string =>
  Object.entries(PACKAGES)
    .filter(([word, name]) => word !== name)
    .map(([word, name]) => `${word}: ${name}`)
    .join('; ');

/** The version in the installed package's manifest; the bench runs in the repository's top folder. */
function version(name: string): string {
  return (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string }).version;
}
