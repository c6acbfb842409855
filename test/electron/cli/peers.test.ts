/** Other devices on the command line, with two real Skeins that listen. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import picocolors from 'picocolors';
import { beforeEach, describe, expect, test } from 'vitest';
import { writePeers } from '../../../electron/cli/peer-table.ts';
import type { Style } from '../../../electron/cli/style.ts';
import { writeModules } from '../../../electron/cli/write-modules.ts';
import type { PairingJson, PeerJson } from '../../../shared/contracts/peer-shapes.ts';
import { byteCount } from '../../../shared/domain/byte-count.ts';
import { problem } from '../../../shared/result.ts';
import { makePlace, type Place, type Ran } from '../../support/cli-place.ts';
import { makeRepository } from '../../support/device.ts';
import { skeinScript } from '../../support/skein-script.ts';
import { tinyDevice, tinyPeer } from '../../support/tiny-peers.ts';
import { untilThere } from '../../support/until.ts';

let desk: Place;
let lap: Place;

async function startPlace(name: string, origin: string): Promise<Place> {
  const place = makePlace();
  execFileSync('git', ['-C', place.repository, 'pull', '--quiet', '--no-progress', origin]);
  await place.serve(['--peer-port', '0']);
  expect((await place.skein(['peers', 'network', '--name', name, '--bind', 'loopback'])).code).toBe(0);
  return place;
}

const json = (ran: Ran) =>
  JSON.parse(ran.out) as { pairing: PairingJson; error?: { code: string; message: string } };
const peersOf = async (place: Place): Promise<PeerJson[]> =>
  (await place.json<{ peers: PeerJson[] }>(['peers'])).peers;

/** As two scripts would, each typing what stands on the other screen. */
async function pairBoth(): Promise<void> {
  const inviting = desk.skein(['pair', '--json']);
  const invitation = await untilThere(async () => {
    const { pairing } = await ask(desk);
    return pairing?.code ? pairing : undefined;
  });
  const joined = await lap.skein(['pair', invitation.code ?? '', invitation.addresses[0] ?? '', '--json']);
  const invited = await inviting;
  expect([joined.code, invited.code]).toEqual([5, 5]);
  const [here, there] = [json(invited).pairing.check ?? '', json(joined).pairing.check ?? ''];
  expect(here).toBe(there);
  const confirming = lap.skein(['pair', '--confirm', here, '--own']);
  const confirmed = await desk.skein(['pair', '--confirm', there.replace(' ', ''), '--own']);
  expect(confirmed.out).toBe('Paired with lap. Shared: site.\n');
  const theirs = await confirming;
  expect(theirs.errors + theirs.out).toBe('Paired with desk. Shared: site.\n');
}

const ask = async (place: Place): Promise<{ pairing: PairingJson | null }> => {
  const { url } = JSON.parse(readFileSync(`${place.dataFolder}/running.json`, 'utf8'));
  const token = (await place.skein(['token'])).out.trim();
  return (await fetch(`${url}/api/pairing`, { headers: { authorization: `Bearer ${token}` } })).json();
};

describe('two Skeins', () => {
  beforeEach(async () => {
    const origin = makeRepository();
    [desk, lap] = [await startPlace('desk', origin), await startPlace('lap', origin)];
  });

  test('pair, exchange, change what they may do, and part', { timeout: 60_000 }, async () => {
    expect((await desk.skein(['peers'])).out).toBe('No device is paired. Pair one with: skein pair\n');
    expect(await desk.skein(['sync'])).toMatchObject({
      code: 3,
      out: 'No device is paired. Pair one with: skein pair\n',
    });
    await pairBoth();
    desk.write('ROADMAP.md', 'plan\n');
    await desk.skein(['status']);
    await untilThere(async () =>
      (await lap.skein(['show', 'ROADMAP.md'])).out === 'plan\n' ? true : undefined,
    );
    expect((await desk.skein(['sync', 'LAP'])).out).toMatch(/^lap: took \d+ changes?, gave \d+ changes?\n$/);
    expect((await lap.skein(['pull'])).out).toBe('desk: took 0 changes\n');
    expect((await desk.skein(['peers', 'rename', 'lap', 'my lap'])).out).toBe('Changed lap.\n');
    const table = (await desk.skein(['peers'])).out;
    expect(table).toMatch(/^PEER {2,}ID {2,}STATE/);
    expect(table).toContain('my lap');
    await desk.skein(['peers', 'share', 'my lap', '--only', 'docs/**,ROADMAP.md', '--read-only']);
    await desk.skein(['peers', 'share', 'my lap', '--take', 'AGENTS.md,docs/**']);
    await desk.skein(['trust', 'my lap', '--off']);
    const rights = {
      patterns: ['docs/**', 'ROADMAP.md'],
      takes: ['AGENTS.md', 'docs/**'],
      write: false,
      trusted: false,
    };
    expect((await peersOf(desk))[0]?.workspaces).toMatchObject([rights]);
    await desk.skein(['peers', 'unshare', 'my lap']);
    const nobody = 'Share it with: skein peers share';
    expect(await desk.skein(['sync'])).toMatchObject({
      code: 3,
      out: `site is shared with no paired device. ${nobody} 'my lap'\n`,
    });
    expect((await desk.skein(['pull', 'my lap'])).out).toBe(
      `site is not shared with my lap. ${nobody} 'my lap'\n`,
    );
    const refused = await lap.skein(['sync', 'desk']);
    expect(refused.code).toBe(5);
    expect(refused.errors).toContain('desk does not share this workspace with this device.');
    const id = (await peersOf(desk))[0]?.id ?? '';
    expect((await desk.skein(['peers', 'revoke', id.slice(0, 4)])).out).toBe(
      'my lap is trusted no longer.\n',
    );
    expect(await peersOf(desk)).toEqual([]);
  });

  test('pair nothing when digits differ, and say so', { timeout: 60_000 }, async () => {
    const inviting = desk.skein(['pair', '--json']);
    const invitation = await untilThere(async () => (await ask(desk)).pairing ?? undefined);
    await lap.skein(['pair', invitation.code ?? '', invitation.addresses[0] ?? '']);
    await inviting;
    const wrong = await desk.skein(['pair', '--confirm', '000 00x', '--json']);
    expect([wrong.code, json(wrong).error?.code]).toEqual([2, 'bad-input']);
    expect((await desk.skein(['pair', '--reject'])).out).toBe('Nothing was paired.\n');
    const late = await lap.skein([
      'pair',
      '--confirm',
      json(await lap.skein(['pair', '--cancel', '--json'])).pairing.check ?? '',
    ]);
    expect(late.code).toBe(3);
    expect([await peersOf(desk), await peersOf(lap)]).toEqual([[], []]);
  });
});

test('without a running Skein nothing is paired, peers are listed, and an identity is given up only then', async () => {
  const place = makePlace();
  expect(await place.skein(['pair'])).toMatchObject({ code: 3 });
  expect((await place.skein(['peers', '--json'])).out).toContain('"peers": []');
  expect((await place.skein(['peers', 'revoke', 'ann'])).code).toBe(3);
  expect((await place.skein(['peers', 'renew'])).code).toBe(0);
  await place.serve();
  expect((await place.skein(['peers', 'renew'])).code).toBe(1);
});

test('a hub listens at once, for folders that it is given, and says where', { timeout: 60_000 }, async () => {
  const [one, two] = [makePlace(), makePlace()];
  await one.skein(['peers', 'network', '--bind', 'loopback']);
  const args = [
    skeinScript,
    'hub',
    one.repository,
    two.repository,
    '--port',
    '0',
    '--peer-port',
    '0',
    '--json',
  ];
  const child = spawn(process.execPath, args, { env: one.env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const ready = JSON.parse(line.toString());
  expect(ready.folders).toEqual([one.repository, two.repository]);
  expect(ready.listening.addresses).toEqual([`127.0.0.1:${ready.listening.port}`]);
  const gone = once(child, 'close');
  child.kill('SIGTERM');
  expect((await gone)[0]).toBe(0);
});

test('a QR code in a terminal has two rows in each line; bytes have two digits that count', () => {
  expect(writeModules(['00', '11'])).toBe('▀▀');
  expect(writeModules(['1100', '1010'])).toBe(' ▄▀█');
  expect([0, 999, 1024, 1536, 20 * 1024 * 1024].map(byteCount)).toEqual([
    '0 B',
    '999 B',
    '1.0 KiB',
    '1.5 KiB',
    '20 MiB',
  ]);
});

const plain: Style = { colors: picocolors.createColors(false), isTerminal: false, width: 200, nowMs: 1_000 };

describe('the table of peers', () => {
  const lap = tinyPeer(tinyDevice('B'), { name: 'lap', last_contact_ms: 1_000, behind: 2 });

  test('says how far each is, whose clock is off, and what is wrong', () => {
    const away = problem('peer-unreachable', 'lap', 'lap cannot be reached.', 'It is tried again.');
    const late = { ...lap, clock_offset_ms: -90_000, problem: away };
    expect(writePeers([late], true, plain).split('\n')).toEqual([
      expect.stringMatching(/^PEER {2,}ID {2,}STATE {2,}TO TAKE {2,}TO GIVE {2,}TRAFFIC {2,}SEEN$/),
      expect.stringMatching(/^lap {2,}BBBB-BBBB {2,}synced {2,}2 {2,}0 {2,}0 B {2,}just now$/),
      '',
      'problem: lap cannot be reached. It is tried again.',
      '',
      'note: The clock of lap is 90 seconds behind this one.',
    ]);
    expect(writePeers([{ ...lap, behind_bytes: 3_500_000 }], true, plain)).toMatch(
      /^lap .* {2,}2 \(3\.3 MiB\) {2,}0 {2,}/m,
    );
    expect(writePeers([{ ...lap, clock_offset_ms: 240_000 }], true, plain)).toContain(
      'The clock of lap is 4 minutes ahead of this one.',
    );
    expect(writePeers([{ ...lap, clock_offset_ms: 1_900 }], true, plain)).not.toContain('clock');
  });

  test('says only who they are while Skein does not run', () => {
    expect(writePeers([lap], false, plain).split('\n')).toEqual([
      expect.stringMatching(/^PEER {2,}ID$/),
      'lap   BBBB-BBBB',
      '',
      'Skein is not running, so nothing is exchanged now: skein serve',
    ]);
  });
});
