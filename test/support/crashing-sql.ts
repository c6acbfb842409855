import type { Sql, Statement } from '../../electron/engine/ports.ts';
import type { Life } from './life.ts';

/**
 * A database whose process can die before each statement, before a commit (it is rolled back, as SQLite does at
 * the next open) and after a commit (it stays). Wrap the same `Sql` again with a new `Life` to start over.
 */
export function createCrashingSql(sql: Sql, life: Life): Sql {
  const wrappedByStatement = new WeakMap<Statement<never>, Statement<never>>();
  let depth = 0;
  const reach = (operation: string, subject: string, when: 'before' | 'after' = 'before') =>
    life.reach({ source: 'sql', operation, subject, when });

  function prepare<Row>(text: string): Statement<Row> {
    const statement = sql.prepare<Row>(text) as Statement<never>;
    const wrapped = wrappedByStatement.get(statement) ?? wrap(statement, () => reach('statement', text));
    wrappedByStatement.set(statement, wrapped);
    return wrapped as Statement<Row>;
  }

  function transaction<Value>(work: () => Value): Value {
    if (depth > 0) return sql.transaction(work);
    depth += 1;
    try {
      const value = sql.transaction(() => {
        const done = work();
        reach('commit', '');
        return done;
      });
      reach('commit', '', 'after');
      return value;
    } finally {
      depth -= 1;
    }
  }

  return {
    prepare,
    exec: (text) => {
      reach('exec', text);
      sql.exec(text);
    },
    transaction,
    close: () => sql.close(),
  };
}

function wrap(statement: Statement<never>, before: () => void): Statement<never> {
  const after =
    <Values extends unknown[], Value>(work: (...values: Values) => Value) =>
    (...values: Values) => {
      before();
      return work(...values);
    };
  return { run: after(statement.run), get: after(statement.get), all: after(statement.all) };
}
