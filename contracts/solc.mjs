#!/usr/bin/env node
// The npm solc behind the options of the native compiler that forge uses: --version, and --standard-json with
// --base-path, from which imports are read.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const solc = createRequire(import.meta.url)('solc');
const args = process.argv.slice(2);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);

function read(path) {
  try {
    return { contents: readFileSync(resolve(option('--base-path') ?? '.', path), 'utf8') };
  } catch (error) {
    return { error: error.message };
  }
}

if (args.includes('--version')) {
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${solc.version()}`);
} else if (args.includes('--standard-json')) {
  process.stdout.write(solc.compile(readFileSync(0, 'utf8'), { import: read }));
} else {
  console.error(`arguments are "${args.join(' ')}"; they must have --version or --standard-json`);
  process.exitCode = 1;
}
