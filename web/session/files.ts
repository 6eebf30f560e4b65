// Files: read as text without guessing, and handed to the reader for keeping.
import { MIStoreError } from '../../src/errors.ts';

/** Far more than a file of receipts needs; what is larger is not one, and would fill the browser's memory. */
const MAX_BYTES = 256 * 1024 * 1024;

/** Throws NOT_TEXT for a file that is not UTF-8, and FILE_TOO_LARGE. */
export async function readText(file: File): Promise<string> {
  if (file.size > MAX_BYTES) {
    const details = { file: file.name, megabytes: Math.round(file.size / 1e6), most: Math.round(MAX_BYTES / 1e6) };
    throw new MIStoreError('FILE_TOO_LARGE', `${file.name} is larger than such a file can be`, details);
  }
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new MIStoreError('NOT_TEXT', `${file.name} is not a text file (UTF-8)`, { file: file.name }, { cause });
  }
}

/** Offers a text as a file, as the browser's downloads are. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
