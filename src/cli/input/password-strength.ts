// What makes a password easy to guess, by a small rule: whoever gets a keystore's file can try passwords until one fits,
// some a second on each core. Nobody is refused, and no password is shown.

const FEWEST_CHARACTERS = 12;
/** Characters that a password of some length should have at least, each counted once. */
const FEWEST_DIFFERENT = 5;
/** Of the most used passwords, the words that others are made of by digits and signs around them. */
const COMMON = new Set(
  `password passwort passw0rd qwerty qwertyuiop qwertz azerty asdfgh asdfghjkl zxcvbnm abcdef abcdefgh abc letmein welcome
  admin administrator root master login secret default changeme test testing user guest iloveyou sunshine princess dragon
  monkey football baseball superman batman shadow michael jordan hunter trustno correcthorsebatterystaple mistore hospital
  clinic server insurer patient doctor ethereum bitcoin wallet`.split(/\s+/),
);

/** Why the password is weak, as the end of a sentence: "has …"; undefined if it is not, by this rule. */
export function weaknessOf(password: string): string | undefined {
  const characters = Array.from(password);
  if (characters.length < FEWEST_CHARACTERS) return `has fewer than ${FEWEST_CHARACTERS} characters`;
  if (new Set(characters).size < FEWEST_DIFFERENT) return `has fewer than ${FEWEST_DIFFERENT} different characters`;
  if (/^\d+$/.test(password)) return 'has digits only';
  const word = password.toLowerCase().replace(/[^\p{L}]+/gu, '');
  if (COMMON.has(word) || COMMON.has(password.toLowerCase().replace(/\W+/g, ''))) {
    return 'is a word that everybody tries first, with digits or signs around it';
  }
  return undefined;
}
