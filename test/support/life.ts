/** Where a process may die: just before, in the middle of, or just after one step on the disk, in the database, beside the loop or at the mark of the log. */
export type LifePoint = {
  source: 'disk' | 'sql' | 'codec' | 'mark';
  /** The method of `Files`, `HeldFile` (`heldStat` for its stat), `PatientCodec` or `LogMarks`, or `statement`, `exec`, `commit`. */
  operation: string;
  /** The path, or the text of the statement; of others nothing. */
  subject: string;
  /** `during`: a temporary file is there with half of its bytes. */
  when: 'before' | 'during' | 'after';
};

/** Thrown in place of a process's death. Nothing may handle it: a dead process handles nothing. */
export class Crash extends Error {
  constructor(point: LifePoint) {
    super(`Crash ${point.when} ${point.source} ${point.operation} ${point.subject}`);
    this.name = 'Crash';
  }
}

/**
 * One simulated process. The fakes call `reach` at every point; a hook that throws `Crash` ends the life, and
 * from then on every point throws, so that what is left of the engine can touch neither disk nor database.
 */
export type Life = {
  readonly dead: boolean;
  reach(point: LifePoint): void;
  /** Ends the life from outside, as `kill -9` does. */
  kill(): void;
};

/** `hook` runs at each point, in the middle of the work: it may throw a `Crash`, or let an agent write. */
export function createLife(hook: (point: LifePoint) => void = () => {}): Life {
  let dead = false;
  return {
    get dead() {
      return dead;
    },
    reach(point) {
      if (dead) throw new Crash(point);
      try {
        hook(point);
      } catch (error) {
        if (error instanceof Crash) dead = true;
        throw error;
      }
    },
    kill: () => {
      dead = true;
    },
  };
}
