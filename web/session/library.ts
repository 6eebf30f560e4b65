// The model, loaded when it is first needed: the first view does not wait for it.
import type { ContractPlace, Model } from '../model/types.ts';

export async function library(): Promise<Model> {
  const { model } = await import('../model/index.ts');
  return model;
}

/** The text of a file that was chosen. Throws FILE_TOO_LARGE, and an EncodingError for what is no text. */
export async function readText(file: File): Promise<string> {
  const { MIStoreError, textOf } = await import('../model/index.ts');
  if (file.size > MAX_BYTES) {
    const details = { file: file.name, megabytes: Math.round(file.size / 1e6), most: Math.round(MAX_BYTES / 1e6) };
    throw new MIStoreError('FILE_TOO_LARGE', `${file.name} is larger than such a file can be`, details);
  }
  return textOf(new Uint8Array(await file.arrayBuffer()), file.name);
}

/** Far more than a file of receipts needs; what is larger is not one, and would fill the browser's memory. */
const MAX_BYTES = 256 * 1024 * 1024;

/** The contract that a proof of a sum is about. Throws an EncodingError for what is no proof. */
export async function placeOfProof(text: string): Promise<ContractPlace> {
  const { parseSumProof } = await import('../../src/parties/sum-proof.ts');
  const { chainId, contract } = parseSumProof(text).signed;
  return { chainId, contract };
}
