const WORDS =
  'pod web cart order queue retry cache GET POST error latency invoice frame shard ledger 错误'.split(' ');

/** The same number makes the same line, as a service of a cluster writes it. */
export function logLine(number: number): string {
  const pick = (salt: number): string => WORDS[(number * salt) % WORDS.length] ?? '';
  const stamp = new Date(1_767_225_600_000 + number * 37).toISOString();
  return `${stamp} ${pick(7)}-${(number * 7919) % 10_007} ${pick(11)} ${pick(13)} took ${(number * 31) % 997} ms`;
}
