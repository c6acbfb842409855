/** What other devices gave for one index since that was begun; kept with it, as what the embedder was asked is. */
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Sql } from '../ports.ts';

/** Vectors that were taken, those of them that were recomputed, and those that were refused. */
export type SharedFigures = { taken: number; checked: number; refused: number };

/** `from`: how many were taken from whom, by the name that the device had then. */
export type SharedTotal = SharedFigures & { from: { name: string; taken: number }[] };

export const nothingShared: SharedTotal = { taken: 0, checked: 0, refused: 0, from: [] };

export type SharedCount = {
  add(name: string, figures: SharedFigures): void;
  total(): SharedTotal;
  /** What is told after that counts for nobody: the database may be closed. */
  end(): void;
};

export function createSharedCount(sql: Sql): SharedCount {
  const text = readMeta(sql, 'shared');
  let total = text === undefined ? nothingShared : (JSON.parse(text) as SharedTotal);
  let isOver = false;
  return {
    add(name, figures) {
      if (isOver) return;
      total = addShared(total, { ...figures, from: [{ name, taken: figures.taken }] });
      writeMeta(sql, 'shared', JSON.stringify(total));
    },
    total: () => total,
    end() {
      isOver = true;
    },
  };
}

export function addShared(one: SharedTotal, other: SharedTotal): SharedTotal {
  const takenByName = new Map<string, number>();
  for (const { name, taken } of [...one.from, ...other.from])
    takenByName.set(name, (takenByName.get(name) ?? 0) + taken);
  return {
    taken: one.taken + other.taken,
    checked: one.checked + other.checked,
    refused: one.refused + other.refused,
    from: [...takenByName].flatMap(([name, taken]) => (taken === 0 ? [] : { name, taken })),
  };
}
