// Text as it may go to a terminal. Much of what the program shows was written by strangers: names of lanes, a currency,
// what a node or a file says. None of it may move the cursor, change colours, hide or turn around what stands beside it,
// or begin a line that looks like the program's own.

/** Control characters with tab and line feed, invisible ones that act on others, ends of lines, halves of pairs. */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** One line of text in which each such character is shown by its code, as JSON writes it: \u001b. */
export const visible = (text: string): string => text.replace(ACTING, escaped);

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
