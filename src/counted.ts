// A number with the word for what is counted, for people: "1 record", "2 records".

/** `plural`: if it is not the word and an s. */
export const counted = (count: number, word: string, plural = `${word}s`): string =>
  `${count} ${count === 1 ? word : plural}`;
