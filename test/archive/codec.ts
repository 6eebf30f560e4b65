// Archives by hand, from docs/archive.md alone: a reader that keeps every byte, and a writer that can put anything in a
// file that is whole. Independent of src/.
import { createHash } from 'node:crypto';

export interface Event {
  block: number;
  blockHash: Buffer;
  transactionHash: Buffer;
  logIndex: number;
  topics: Buffer[];
  data: Buffer;
}

export interface Checkpoint {
  block: number;
  blockHash: Buffer;
}

export type Part = ({ kind: 'event' } & Event) | ({ kind: 'checkpoint' } & Checkpoint);

export interface Parsed {
  header: Record<string, string>;
  parts: Part[];
  /** Where each frame begins, and the end of the file. */
  offsets: number[];
}

/** Throws for anything that is not as the document says. */
export function parseArchive(file: Buffer): Parsed {
  const end = file.indexOf('\n');
  const header = JSON.parse(file.subarray(0, end).toString());
  const parts: Part[] = [];
  const offsets = [end + 1];
  for (let at = end + 1; at < file.length; ) {
    const length = file.readUInt32BE(at);
    const body = file.subarray(at + 4, at + 4 + length);
    if (body.length !== length) throw new Error('cut short');
    const place = { block: Number(body.readBigUInt64BE(1)), blockHash: body.subarray(9, 41) };
    if (body[0] === 1) {
      const topics = Array.from({ length: body[77]! }, (_, i) => body.subarray(78 + 32 * i, 110 + 32 * i));
      const rest = { transactionHash: body.subarray(41, 73), logIndex: body.readUInt32BE(73), topics };
      parts.push({ kind: 'event', ...place, ...rest, data: body.subarray(78 + 32 * topics.length) });
    } else if (body[0] === 2) {
      const events = parts.filter(({ kind }) => kind === 'event').length;
      if (body.length !== 81 || Number(body.readBigUInt64BE(41)) !== events) throw new Error('wrong count');
      const digest = createHash('sha256')
        .update(file.subarray(0, at + 4 + 49))
        .digest();
      if (!digest.equals(body.subarray(49))) throw new Error('wrong digest');
      parts.push({ kind: 'checkpoint', ...place });
    } else throw new Error(`kind ${body[0]}`);
    at += 4 + length;
    offsets.push(at);
  }
  return { header, parts, offsets };
}

/** The file with these parts, with right counts and digests. */
export function buildArchive({ header, parts }: Pick<Parsed, 'header' | 'parts'>): Buffer {
  const hash = createHash('sha256');
  const written: Buffer[] = [];
  const write = (bytes: Buffer) => {
    hash.update(bytes);
    written.push(bytes);
  };
  const number = (value: number, size: 4 | 8) => {
    const bytes = Buffer.alloc(size);
    if (size === 4) bytes.writeUInt32BE(value);
    else bytes.writeBigUInt64BE(BigInt(value));
    return bytes;
  };
  write(Buffer.from(`${JSON.stringify(header)}\n`));
  let events = 0;
  for (const part of parts) {
    const place = [number(part.block, 8), part.blockHash];
    if (part.kind === 'checkpoint') {
      write(Buffer.concat([number(81, 4), Buffer.of(2), ...place, number(events, 8)]));
      write(hash.copy().digest());
      continue;
    }
    events++;
    const rest = [part.transactionHash, number(part.logIndex, 4), Buffer.of(part.topics.length), ...part.topics];
    const body = Buffer.concat([Buffer.of(1), ...place, ...rest, part.data]);
    write(Buffer.concat([number(body.length, 4), body]));
  }
  return Buffer.concat(written);
}
