/** Better evidence for changes that are in the log already. */
import type { Change, Evidence, EvidenceSource } from '../../../shared/domain/change.ts';
import { evidenceSources } from '../../../shared/domain/change.ts';
import type { Sql } from '../ports.ts';
import { moveActivity } from './activity.ts';
import { type LogRow, selectChanges, toChange } from './rows.ts';

const strength = (source: EvidenceSource): number => evidenceSources.length - evidenceSources.indexOf(source);

export type Attribution = {
  /** Newest changes of a path whose decisive evidence is weaker than `source`. */
  weakerThan(source: EvidenceSource, path: string, atMost: number): Change[];
  /** Newest changes of a path. */
  newest(path: string, atMost: number): Change[];
  /** Paths of the newest changes that have weaker evidence than `source`. */
  pathsWeakerThan(source: EvidenceSource, newest: number): string[];
  /** Puts stronger evidence first and keeps the rest behind it; weaker evidence only joins the list. */
  add(change: Change, evidence: Evidence): Change;
};

export function createAttribution(sql: Sql): Attribution {
  const weaker = (source: EvidenceSource): string =>
    evidenceSources
      .filter((other) => strength(other) < strength(source))
      .map((other) => `'${other}'`)
      .join(', ');
  const update = sql.prepare('UPDATE log SET agent = ?, source = ?, evidence = ? WHERE position = ?');
  return {
    weakerThan: (source, path, atMost) =>
      sql
        .prepare<LogRow>(
          `${selectChanges} WHERE l.path = ? AND l.local = 0 AND l.source IN (${weaker(source)}) ORDER BY l.position DESC LIMIT ?`,
        )
        .all(path, atMost)
        .map(toChange),
    newest: (path, atMost) =>
      sql
        .prepare<LogRow>(`${selectChanges} WHERE l.path = ? ORDER BY l.position DESC LIMIT ?`)
        .all(path, atMost)
        .map(toChange),
    pathsWeakerThan: (source, newest) =>
      sql
        .prepare<{ path: string }>(
          `SELECT DISTINCT path FROM log WHERE position > (SELECT coalesce(max(position), 0) FROM log) - ?
             AND path IS NOT NULL AND local = 0 AND source IN (${weaker(source)})`,
        )
        .all(newest)
        .map((row) => row.path),
    add(change, evidence) {
      const all = [evidence, ...change.evidence].toSorted((a, b) => strength(b.source) - strength(a.source));
      const decisive = all[0] ?? evidence;
      sql.transaction(() => {
        moveActivity(sql, change, decisive.agent);
        update.run(decisive.agent, decisive.source, JSON.stringify(all), change.position);
      });
      return { ...change, agent: decisive.agent, evidence: all };
    },
  };
}
