// Lists the packages whose code is in what the build makes, with their licence texts: what their licences ask of those who
// pass the code on. Most are found in esbuild's metafiles; the compilers have put in two more.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Into the WebAssembly modules (AssemblyScript's library), and into the contract (checks of signatures). */
const COMPILED_IN = ['node_modules/assemblyscript', 'node_modules/@openzeppelin/contracts'];
/** Packages without a licence text, and one of the same authors under the same licence that has it. */
const TEXT_FROM = {
  '@assemblyscript/loader': 'node_modules/assemblyscript',
  '@openzeppelin/contracts': 'node_modules/@openzeppelin/merkle-tree',
};
const RULE = '-'.repeat(100);

/** The text of a file of licences, for the outputs that these metafiles describe. Throws for a package without a text. */
export function licensesOf(metafiles) {
  const folders = [...new Set([...bundledFolders(metafiles), ...COMPILED_IN])].sort();
  const parts = folders.map((folder) => {
    const { name, version, license } = readJson(folder);
    return `${name} ${version} (${license})\n\n${licenseText(TEXT_FROM[name] ?? folder)}`;
  });
  const head = "Files of this package contain code of these packages. MIStore's own licence is in the file LICENSE.";
  return `${[head, ...parts].join(`\n\n${RULE}\n\n`)}\n`;
}

function bundledFolders(metafiles) {
  const inputs = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  return inputs.flatMap(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
}

function licenseText(folder) {
  const file = readdirSync(folder).find((name) => /^licen[cs]e(\.(md|txt))?$/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence text`);
  return readFileSync(join(folder, file), 'utf8').trim();
}

const readJson = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
