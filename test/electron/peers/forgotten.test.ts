/** What a workspace knows of a peer goes with the peer, also when the workspace was closed at that time. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { databaseFile } from '../../../electron/host/workspace-id.ts';
import { type Device, makeRepository, must, pairDevices, startDevice } from '../../support/device.ts';

function linksOf({ dataFolder, engine }: Device): string[] {
  const log = new Database(databaseFile(dataFolder, engine.id), { readonly: true });
  const rows = log.prepare<[], { link: string }>('SELECT link FROM links').all();
  log.close();
  return rows.map(({ link }) => link);
}

async function pairAndClose(): Promise<{ desk: Device; lap: string; workspace: string }> {
  const repository = makeRepository();
  const desk = await startDevice({ name: 'desk', repository });
  const lap = await startDevice({ name: 'lap', repository });
  await pairDevices(desk, lap, { ownDevice: true });
  await desk.until(() => desk.peer('lap').state === 'synced');
  const { id } = desk.peer('lap');
  const workspace = desk.host.workspaces()[0]?.workspace ?? '';
  expect(linksOf(desk)).toEqual([id]);
  await desk.host.close(desk.engine.id);
  expect(linksOf(desk)).toEqual([id]);
  return { desk, lap: id, workspace };
}

/** Opens it again and waits until it is known what it is a replica of. */
async function reopen(desk: Device): Promise<void> {
  must(await desk.host.open(desk.folder));
  await desk.until(() => desk.host.workspaces().every(({ workspace }) => workspace !== null));
}

test('a peer that was removed meanwhile', async () => {
  const { desk, lap } = await pairAndClose();
  must(await desk.host.peers.revoke(lap));
  await reopen(desk);
  expect(linksOf(desk)).toEqual([]);
});

test('a peer that has this workspace no longer', async () => {
  const { desk, lap, workspace } = await pairAndClose();
  must(await desk.host.peers.share({ id: lap, workspace_id: workspace, shared: false }));
  await reopen(desk);
  expect(linksOf(desk)).toEqual([]);
});

test('a peer that still has it is known as before', async () => {
  const { desk, lap } = await pairAndClose();
  await reopen(desk);
  await desk.until(() => desk.host.peers.list()[0]?.state === 'synced');
  expect(linksOf(desk)).toEqual([lap]);
});
