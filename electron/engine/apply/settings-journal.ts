/** Writes of skein.json in the same journal as our other writes: a crash in their middle is settled at the next start. */
import { type ContentStore, contentOf } from '../log/content-store.ts';
import type { Clock, Codec, Sql } from '../ports.ts';
import { type SettingsJournal, settingsFile } from '../settings/workspace-settings.ts';
import { createWriteIntents } from './write-intents.ts';

export function createSettingsJournal(deps: {
  sql: Sql;
  clock: Clock;
  codec: Codec;
  contents: ContentStore;
}): SettingsJournal {
  const { sql, codec, contents } = deps;
  const keep = (bytes: Uint8Array): number => contents.put(contentOf(codec, bytes));
  return {
    begin(before, after) {
      const intents = createWriteIntents(sql);
      const evidence = {
        agent: 'skein',
        source: 'skein',
        detail: 'Skein changed its settings, as asked.',
        at: deps.clock.nowMs(),
      } as const;
      sql.transaction(() => {
        // What we replace is known by its content then, and goes when it is found in a temporary file.
        if (before !== undefined) keep(before);
        intents.plan({ path: settingsFile, evidence, consolidation: null }, keep(after));
      });
    },
    end: () => createWriteIntents(sql).forget(settingsFile),
  };
}
