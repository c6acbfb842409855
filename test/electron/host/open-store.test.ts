/** A store whose address says something else than its user meant. */
import { expect, test } from 'vitest';
import { openStore } from '../../../electron/host/knowledge/store/open-store.ts';

test.each(['postgres://me:half@sesame/x@db/notes', 'postgres://me:5432#sesame@db/notes'])(
  'a password that cuts the address %s short is not shown as the name of a server',
  async (KNOWLEDGE_STORE_URL) => {
    const plan = { choice: { kind: 'pgvector', url: null }, space: 'skein-test' } as const;
    const store = openStore(plan, { env: { KNOWLEDGE_STORE_URL }, making: 'one' });
    const found = await store?.look();
    expect(found).toMatchObject({ error: { code: 'bad-input' } });
    expect(JSON.stringify(found) + store?.place).not.toContain('sesame');
  },
);
