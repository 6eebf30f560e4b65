// Numbers for people: digits in groups of three. --json has them without.

/** "-1234567.50" → "-1,234,567.50"; of a decimal number as text, or a whole one. Other text is left as it is. */
export function grouped(amount: string | number | bigint): string {
  const [, sign, whole, part] = /^([-+]?)(\d+)(\.\d+)?$/.exec(String(amount)) ?? [];
  if (whole === undefined) return String(amount);
  return `${sign}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}${part ?? ''}`;
}
