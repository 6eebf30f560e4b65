// What a document has people type: its blocks of shell commands, in order, and what others do meanwhile, which readers do not
// see: an HTML comment that begins with "meanwhile:" and has a command on each further line.

/** A command, with its line in the document (from 1). */
export interface Typed {
  at: number;
  command: string;
  /** Words that it is said to print: what is in quotes in the comment beside it. */
  says: string[];
  /** It goes on running, "in a terminal of its own". */
  isDaemon: boolean;
  /** Nobody is told to type it. */
  isMeanwhile: boolean;
}

export interface Block {
  /** Its first line in the document, from 1: the fence. */
  at: number;
  /** What stands behind the fence. */
  info: string;
  lines: string[];
  /** The last line above it that is not empty. */
  before: string;
}

/** The fenced blocks of a document. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  let before = '';
  for (const [index, line] of markdown.split('\n').entries()) {
    const fence = /^```(.*)$/.exec(line);
    if (open) {
      if (!fence) open.lines.push(line);
      else open = undefined;
    } else if (fence) {
      open = { at: index + 1, info: fence[1]!.trim(), lines: [], before };
      blocks.push(open);
    }
    if (!open && line.trim() !== '') before = line;
  }
  return blocks;
}

/** The commands of a block: lines that end in a backslash go on, and lines that are comments are none. */
export function commandsOf({ at, lines }: Pick<Block, 'at' | 'lines'>, isMeanwhile = false): Typed[] {
  const commands: Typed[] = [];
  let begun = '';
  for (const [index, line] of lines.entries()) {
    const text = begun + line.trim();
    begun = text.endsWith('\\') ? `${text.slice(0, -1).trimEnd()} ` : '';
    if (begun !== '' || text === '' || text.startsWith('#')) continue;
    const [, command, comment = ''] = /^(.*?)(?:\s+# (.*))?$/.exec(text)!;
    const says = [...comment.matchAll(/"([^"]+)"/g)].map(([, words]) => words!);
    const isDaemon = comment.includes('in a terminal of its own');
    commands.push({ at: at + index + 1, command: command!, says, isDaemon, isMeanwhile });
  }
  return commands;
}

export const NOT_RUN = 'sh not-run';

/** What a test is to type, in order. */
export function typedIn(markdown: string): Typed[] {
  const blocks = blocksOf(markdown).filter(({ info }) => info === 'sh');
  const meanwhile = [...markdown.matchAll(/^<!-- meanwhile:\n([\s\S]*?)\n-->$/gm)].map(({ index, 1: body }) => ({
    at: markdown.slice(0, index).split('\n').length,
    lines: body!.split('\n'),
  }));
  return [
    ...blocks.flatMap((block) => commandsOf(block)),
    ...meanwhile.flatMap((block) => commandsOf(block, true)),
  ].sort((one, other) => one.at - other.at);
}
