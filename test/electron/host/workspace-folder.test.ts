import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, parse } from 'node:path';
import { expect, test } from 'vitest';
import { examineFolder } from '../../../electron/host/workspace-folder.ts';
import type { Result } from '../../../shared/result.ts';
import { nextLine, plainUser, startScript } from './support/child.ts';
import { fill, temporaryFolder } from './support/folders.ts';

/** A home with a project, a repository in it, and the data folder where the system puts it. */
function home() {
  const homeFolder = temporaryFolder();
  const dataFolder = join(homeFolder, '.local', 'share', 'skein');
  fill(homeFolder, { 'code/project/AGENTS.md': '#', 'code/project/.git/HEAD': 'ref', 'code/notes.md': '#' });
  fill(dataFolder, { token: 'x', 'sample/harbour-notes/AGENTS.md': '#', 'replicas/abc/log.db': 'x' });
  return { homeFolder, dataFolder };
}

async function refusal(folder: string, around = home()) {
  const outcome = await examineFolder(folder, around);
  return outcome.ok ? 'accepted' : outcome.error;
}

test('a project folder is taken, as the user spelled it', async () => {
  const around = home();
  const folder = join(around.homeFolder, 'code', 'project');
  const found = await examineFolder(`${folder}/`, around);
  expect(found).toMatchObject({ ok: true, value: { folder, realFolder: folder, name: 'project' } });
});

test('a sub-folder of a repository is taken', async () => {
  const around = home();
  mkdirSync(join(around.homeFolder, 'code/project/docs'));
  expect((await examineFolder(join(around.homeFolder, 'code/project/docs'), around)).ok).toBe(true);
});

test('a tilde is the home folder', async () => {
  const around = home();
  const found = await examineFolder('~/code/project', around);
  expect(found.ok && found.value.folder).toBe(join(around.homeFolder, 'code', 'project'));
  expect((await examineFolder('~', around)).ok).toBe(false);
});

test('two spellings of one folder are one replica', async () => {
  const around = home();
  const folder = join(around.homeFolder, 'code', 'project');
  const link = join(around.homeFolder, 'shortcut');
  symlinkSync(folder, link);
  const spellings = [folder, `${folder}/`, join(folder, '..', 'project'), link, `${link}/.`];
  const found = await Promise.all(spellings.map((spelling) => examineFolder(spelling, around)));
  const ids = new Set(found.map((it) => it.ok && it.value.id));
  expect(ids.size).toBe(1);
  expect([...ids][0]).toMatch(/^[0-9a-f]{16}$/);
  expect(found[3]).toMatchObject({ value: { folder: link, realFolder: folder } });
});

test('two folders are two replicas', async () => {
  const around = home();
  mkdirSync(join(around.homeFolder, 'code/other'));
  const one = await examineFolder(join(around.homeFolder, 'code/project'), around);
  const other = await examineFolder(join(around.homeFolder, 'code/other'), around);
  expect(one.ok && other.ok && one.value.id !== other.value.id).toBe(true);
});

test('what is not there is said', async () => {
  const around = home();
  const missing = join(around.homeFolder, 'code', 'typo');
  expect(await refusal(missing, around)).toMatchObject({ code: 'not-a-folder', subject: missing });
  const dangling = join(around.homeFolder, 'dangling');
  symlinkSync('/nowhere/at/all', dangling);
  expect(await refusal(dangling, around)).toMatchObject({ code: 'not-a-folder' });
});

test('a file is refused with the folder that holds it', async () => {
  const around = home();
  const file = join(around.homeFolder, 'code', 'notes.md');
  expect(await refusal(file, around)).toMatchObject({
    code: 'not-a-folder',
    advice: expect.stringContaining(dirname(file)),
  });
  expect(await refusal(join(file, 'below'), around)).toMatchObject({ code: 'not-a-folder' });
});

test('the home folder and what holds it are refused with advice', async () => {
  const around = home();
  const root = parse(around.homeFolder).root;
  for (const folder of [around.homeFolder, dirname(around.homeFolder), root]) {
    expect(await refusal(folder, around)).toMatchObject({
      code: 'bad-input',
      advice: expect.stringContaining('one project'),
    });
  }
});

test('a link to the home folder does not get around the refusal', async () => {
  const around = home();
  const link = join(around.homeFolder, 'code', 'everything');
  symlinkSync(around.homeFolder, link);
  expect(await refusal(link, around)).toMatchObject({ code: 'bad-input', subject: link });
});

test('the inside of .git is refused', async () => {
  const around = home();
  const folder = join(around.homeFolder, 'code/project/.git');
  expect(await refusal(folder, around)).toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining('.git'),
  });
  mkdirSync(join(folder, 'hooks'));
  expect(await refusal(join(folder, 'hooks'), around)).toMatchObject({ code: 'bad-input' });
});

test("Skein's own data, what is in it and what holds it are refused, but not a sample", async () => {
  const around = home();
  const { dataFolder } = around;
  for (const folder of [dataFolder, join(dataFolder, 'replicas', 'abc'), join(dataFolder, 'sample')]) {
    expect(await refusal(folder, around)).toMatchObject({ code: 'bad-input' });
  }
  expect(await refusal(dirname(dataFolder), around)).toMatchObject({
    code: 'bad-input',
    message: expect.stringContaining(dataFolder),
  });
  expect(await refusal(join(dataFolder, 'sample', 'harbour-notes'), around)).toBe('accepted');
});

test('a folder whose name only begins like the data folder is taken', async () => {
  const around = home();
  const beside = `${around.dataFolder}-notes`;
  mkdirSync(beside);
  expect(await refusal(beside, around)).toBe('accepted');
});

test('a name that no system takes is a problem, not an exception', async () => {
  expect(await refusal('/tmp/with\0zero')).toMatchObject({ code: 'unreadable' });
  expect(await refusal(`/tmp/${'x'.repeat(5000)}`)).toMatchObject({ code: 'bad-input' });
});

test.runIf(process.platform !== 'win32')('a folder that the user may not list is said', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'closed'));
  writeFileSync(join(folder, 'closed', 'AGENTS.md'), '#');
  chmodSync(join(folder, 'closed'), 0o300);
  chmodSync(folder, 0o755);
  const args = [join(folder, 'closed'), join(folder, 'data'), join(folder, 'home')];
  const outcome = await nextLine<Result<never>>(startScript('examine-folder.ts', args, plainUser));
  expect(outcome).toMatchObject({ ok: false, error: { code: 'no-permission' } });
});

test('the name of a workspace is that of its real folder', async () => {
  const around = home();
  const link = join(around.homeFolder, 'short');
  symlinkSync(join(around.homeFolder, 'code/project'), link);
  const found = await examineFolder(link, around);
  expect(found.ok && found.value.name).toBe(basename(realpathSync(link)));
});
