// Compiles the contract with the npm solc into build/contracts/MIStore.json: {abi, bytecode, deployedBytecode, compiler}.
// The same sources give the same bytes on every machine. Any warning fails the build, as does code over EIP-170's limit.
// The compiler's settings stand in foundry.toml, so that forge tests the same code.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const solc = createRequire(import.meta.url)('solc');
const contracts = new URL('./', import.meta.url);
const output = new URL('../build/contracts/', contracts);
const MAX_CODE_BYTES = 24_576;

const foundry = readFileSync(new URL('foundry.toml', contracts), 'utf8');
const setting = (name) => JSON.parse(foundry.match(new RegExp(`^${name} = (.+)$`, 'm'))[1]);
const settings = {
  evmVersion: setting('evm_version'),
  viaIR: setting('via_ir'),
  optimizer: { enabled: setting('optimizer'), runs: setting('optimizer_runs') },
  metadata: { bytecodeHash: setting('bytecode_hash') },
};

/** Source of an import: a package's file, or a path from the repository's root. */
function contents(path) {
  const root = path.startsWith('@') ? '../node_modules/' : '../';
  return readFileSync(new URL(root + path, contracts), 'utf8');
}

const input = {
  language: 'Solidity',
  sources: { 'contracts/MIStore.sol': { content: contents('contracts/MIStore.sol') } },
  settings: {
    ...settings,
    outputSelection: {
      'contracts/MIStore.sol': { MIStore: ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object'] },
    },
  },
};
const callbacks = {
  import(path) {
    try {
      return { contents: contents(path) };
    } catch (error) {
      return { error: error.message };
    }
  },
};
const { errors = [], contracts: compiled } = JSON.parse(solc.compile(JSON.stringify(input), callbacks));
if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'));

const { abi, evm } = compiled['contracts/MIStore.sol'].MIStore;
const size = evm.deployedBytecode.object.length / 2;
if (size > MAX_CODE_BYTES) throw new Error(`MIStore has ${size} bytes of code; EIP-170 allows ${MAX_CODE_BYTES}`);

mkdirSync(output, { recursive: true });
const artifact = {
  abi,
  bytecode: `0x${evm.bytecode.object}`,
  deployedBytecode: `0x${evm.deployedBytecode.object}`,
  compiler: { version: solc.version(), settings },
};
writeFileSync(new URL('MIStore.json', output), `${JSON.stringify(artifact, null, 2)}\n`);
console.log(`MIStore: ${size} bytes of code (${solc.version()})`);
