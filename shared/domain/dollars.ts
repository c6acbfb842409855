/** An amount of US dollars as people read it: cents, and what is less is said to be. */
export function dollars(amount: number): string {
  if (amount > 0 && amount < 0.01) return 'under $0.01';
  return `$${amount.toFixed(2)}`;
}
