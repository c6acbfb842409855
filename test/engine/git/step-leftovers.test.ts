import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { openFiles } from '../../../electron/adapters/node-files.ts';
import { clearMixLeftovers } from '../../../electron/engine/git/step-leftovers.ts';
import { must } from '../../support/device.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const hash = (text: string): string => nodeCodec.sha256(Buffer.from(text));

test('of a mix that died, temporary files go that hold what is noted or nothing, and others stay', async () => {
  const folder = temporaryFolder();
  const put = (name: string, text: string) => writeFileSync(join(folder, name), text);
  put('AGENTS.md', 'mixed\n');
  put('.skein-git-01.tmp', 'mixed\n');
  put('.skein-git-02.tmp', 'before\n');
  put('.skein-git-03.tmp', '');
  put('.skein-git-04.tmp', 'what somebody wrote\n');
  put('.skein-05.tmp', '');
  const noted = {
    path: 'AGENTS.md',
    theirs: '1'.repeat(40),
    content: hash('mixed\n'),
    before: hash('before\n'),
  };
  await clearMixLeftovers({ files: must(await openFiles(folder)), codec: nodeCodec }, [noted]);
  expect(readdirSync(folder).toSorted()).toEqual(['.skein-05.tmp', '.skein-git-04.tmp', 'AGENTS.md']);
});
