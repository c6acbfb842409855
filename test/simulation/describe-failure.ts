/** A failed run as a person reads it, with the command that runs it again. */
import type { LifePoint } from '../support/life.ts';
import type { Outcome } from './run-seed.ts';
import { usualSteps } from './run-seed.ts';

/** Sentences of one run that a failure shows at most; the first ones tell. */
const shown = 12;

export function describeFailure({ seed, steps, faults, deaths, wrong }: Outcome): string {
  const again = `npm run simulate -- --seed ${seed}${steps === usualSteps ? '' : ` --steps ${steps}`}`;
  return [
    `Seed ${seed} failed. Run it again with: ${again}`,
    `  faults: ${JSON.stringify(faults)}`,
    ...describeDeaths(deaths),
    ...describeWrong(wrong),
  ].join('\n');
}

export function describeDeaths(deaths: readonly LifePoint[]): string[] {
  return deaths.map((point, index) => `  death ${index + 1}: ${describePoint(point)}`);
}

export function describePoint({ source, operation, subject, when }: LifePoint): string {
  return `${when} ${source} ${operation} ${subject.replaceAll(/\s+/g, ' ').slice(0, 80)}`.trimEnd();
}

export function describeWrong(wrong: readonly string[]): string[] {
  const rest = wrong.length > shown ? [`  and ${wrong.length - shown} more`] : [];
  return [...wrong.slice(0, shown).map((sentence) => `  ${sentence}`), ...rest];
}
