/** The log of a replica as an outbox of notes, and its tracked files as the notes. Only reads. */
import { compilePattern, matchesPath } from '../../../shared/domain/path-pattern.ts';
import { err, ok, type Result } from '../../../shared/result.ts';
import type { ContentStore } from '../log/content-store.ts';
import type { Sql } from '../ports.ts';
import type {
  NoteCatalogue,
  NoteEvent,
  NoteEventType,
  NoteFacts,
  NoteFilter,
  NoteSource,
  NoteState,
} from './knowledge-ports.ts';

type EventRow = {
  position: number;
  kind: 'created' | 'modified' | 'deleted';
  path: string;
  at_ms: number;
  before: number;
};
type StateRow = { path: string; position: number; hash: string | null };
type FactRow = { path: string; class: NoteFacts['fileClass']; agent: string; at_ms: number };

const selectStates = 'SELECT f.path, f.position, c.hash FROM files f LEFT JOIN content c ON c.id = f.content';
const toState = ({ path, position, hash }: StateRow): NoteState => ({ note: path, position, content: hash });

export function createLogNotes(sql: Sql, contents: Pick<ContentStore, 'get'>): NoteSource {
  const events = sql.prepare<EventRow>(
    `SELECT l.position, l.kind, l.path, l.at_ms,
       EXISTS (SELECT 1 FROM log e WHERE e.path = l.path AND e.position < l.position) AS before
     FROM log l WHERE l.position > ? AND l.kind IN ('created', 'modified', 'deleted')
     ORDER BY l.position LIMIT ?`,
  );
  const all = sql.prepare<StateRow>(selectStates);
  const one = sql.prepare<StateRow>(`${selectStates} WHERE f.path = ?`);
  const stamp = sql.prepare<{ stamp: string }>('SELECT stamp FROM log WHERE position = ?');
  return {
    eventsAfter: async (position, atMost) => events.all(position, atMost).map(toEvent),
    states: async () => all.all().map(toState),
    async state(note) {
      const row = one.get(note);
      return row && toState(row);
    },
    bytes: async (content) => contents.get(content),
    nameOf: async (position) => stamp.get(position)?.stamp,
  };
}

const toEvent = ({ position, kind, path, at_ms, before }: EventRow): NoteEvent => ({
  position,
  type: eventType(kind, before === 1),
  note: path,
  atMs: at_ms,
});

/** A file that appears again under its path is the note of old (reference/003). */
function eventType(kind: EventRow['kind'], isKnown: boolean): NoteEventType {
  if (kind === 'deleted') return 'NoteDeleted';
  if (kind === 'modified') return 'NoteUpdated';
  return isKnown ? 'NoteRestored' : 'NoteCreated';
}

export function createLogCatalogue(sql: Sql): NoteCatalogue {
  const selectFacts = `SELECT f.path, f.class, l.agent, l.at_ms FROM files f JOIN log l ON l.position = f.position
     WHERE f.content IS NOT NULL`;
  const some = sql.prepare<FactRow>(`${selectFacts} AND f.path IN (SELECT value FROM json_each(?))`);
  const all = sql.prepare<FactRow>(selectFacts);
  const writtenBy = sql.prepare<{ path: string }>(
    'SELECT DISTINCT path FROM log WHERE agent = ? AND path IS NOT NULL',
  );
  return {
    facts: (notes) => new Map(some.all(JSON.stringify(notes)).map((row) => [row.path, toFacts(row)])),
    select(filter) {
      const matches = pathTest(filter);
      if (!matches.ok) return matches;
      const { agent } = filter;
      const written = agent === undefined ? undefined : new Set(writtenBy.all(agent).map(({ path }) => path));
      const chosen = all.all().filter((row) => {
        if (filter.fileClass !== undefined && row.class !== filter.fileClass) return false;
        if (filter.sinceMs !== undefined && row.at_ms < filter.sinceMs) return false;
        return (written?.has(row.path) ?? true) && matches.value(row.path);
      });
      return ok(chosen.map(({ path }) => path));
    },
  };
}

const toFacts = (row: FactRow): NoteFacts => ({
  note: row.path,
  fileClass: row.class,
  agent: row.agent,
  changedMs: row.at_ms,
});

const patternAdvice =
  'Give a path or a pattern such as docs/**; `*` stands for part of a name, `**` for any folders.';

/** Which paths a filter lets through. Fails with `bad-input` for a pattern that is none. */
export function pathTest({ path }: NoteFilter): Result<(path: string) => boolean> {
  if (path === undefined) return ok(() => true);
  const compiled = compilePattern(path);
  if (!compiled.ok) return err({ ...compiled.error, code: 'bad-input', advice: patternAdvice });
  // A folder means all below it.
  const below = compilePattern(`${path}/**`);
  const all = [...compiled.value, ...(below.ok ? below.value : [])];
  return ok((it) => all.some((pattern) => matchesPath(pattern, it)));
}
