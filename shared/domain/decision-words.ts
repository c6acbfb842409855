/** What people read of a decision about changes that waited: also what was decided along, because versions stack. */

/** `decided` counts `also`, the changes that nobody named. */
type Decision = { decided: number; also: readonly string[] };

/** `Approved 1 change, and 2 more that it stands on`. */
export function writeDecision(verdict: 'approve' | 'reject', { decided, also }: Decision): string {
  const named = decided - also.length;
  const done = `${verdict === 'approve' ? 'Approved' : 'Rejected'} ${named} ${named === 1 ? 'change' : 'changes'}`;
  if (also.length === 0) return done;
  const below = named === 1 ? 'it stands on' : 'they stand on';
  const above = `${also.length === 1 ? 'stands' : 'stand'} on ${named === 1 ? 'it' : 'them'}`;
  return `${done}, and ${also.length} more that ${verdict === 'approve' ? below : above}`;
}
