/** The shape of the mark: a skein, that is one loop of thread twisted once, as points of a lemniscate. */

/** Part of the loop: its parameter from and to, in radians; the loop crosses itself at a quarter and three quarters. */
export type Reach = { from: number; to: number };
export type Loop = { centre: number; radius: number; plumpness: number };

const quarterTurn = Math.PI / 2;
const pointsPerTurn = 240;

export const wholeLoop: Reach = { from: -quarterTurn, to: 3 * quarterTurn };

/** The way over the crossing, `reach` radians to both sides of it. */
export const overCrossing = (reach: number): Reach => ({
  from: quarterTurn - reach,
  to: quarterTurn + reach,
});

/** The way under the crossing, `reach` radians to both sides of it. */
export const underCrossing = (reach: number): Reach => ({
  from: 3 * quarterTurn - reach,
  to: 3 * quarterTurn + reach,
});

/** All of the loop but the way under the crossing. */
export const besidesUnder = (reach: number): Reach => ({
  from: -quarterTurn + reach,
  to: 3 * quarterTurn - reach,
});

/** SVG path data of a strand that runs `offset` units beside the middle of the loop. */
export function strandPath(loop: Loop, offset: number, reach: Reach): string {
  const count = Math.ceil(((reach.to - reach.from) / (2 * Math.PI)) * pointsPerTurn);
  const points = Array.from({ length: count + 1 }, (_, index) => {
    const at = reach.from + ((reach.to - reach.from) * index) / count;
    return strandPoint(loop, offset, at);
  });
  return `M${points.map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`).join('L')}`;
}

function strandPoint(loop: Loop, offset: number, at: number): { x: number; y: number } {
  const here = lemniscate(loop, at);
  const next = lemniscate(loop, at + 1e-4);
  const [dx, dy] = [next.x - here.x, next.y - here.y];
  const length = Math.hypot(dx, dy);
  return leanRight(loop, { x: here.x - (dy / length) * offset, y: here.y + (dx / length) * offset });
}

function lemniscate({ radius, plumpness }: Loop, at: number): { x: number; y: number } {
  const scale = radius / (1 + Math.sin(at) ** 2);
  return { x: scale * Math.cos(at), y: scale * Math.sin(at) * Math.cos(at) * plumpness };
}

/** Stands the loop on its lower left end, like a hank that hangs from a hand. */
function leanRight({ centre }: Loop, { x, y }: { x: number; y: number }): { x: number; y: number } {
  return { x: centre + (x + y) * Math.SQRT1_2, y: centre + (y - x) * Math.SQRT1_2 };
}
