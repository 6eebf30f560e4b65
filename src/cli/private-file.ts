// Files with what only their owner may read: receipts, consents.
import { open } from 'node:fs/promises';

/** Writes the file, over an earlier one, readable by its owner only from the first byte on. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(text);
  } finally {
    await file.close();
  }
}
